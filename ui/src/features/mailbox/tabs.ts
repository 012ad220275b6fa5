import { m } from '../../paraglide/messages';
import type { MailboxTab } from '../../router.svelte';

/** The tabs of a mailbox with their names. */
export function tabsOf(): { id: MailboxTab; label: string }[] {
  return [
    { id: 'overview', label: m.mailbox_tab_overview() },
    { id: 'sign-in', label: m.mailbox_tab_sign_in() },
    { id: 'sending', label: m.mailbox_tab_sending() },
    { id: 'receiving', label: m.mailbox_tab_receiving() },
    { id: 'folders', label: m.mailbox_tab_folders() },
  ];
}
