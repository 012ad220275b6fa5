import { m } from '../../paraglide/messages';
import type { MailboxTab } from '../../router.svelte';

/** The tabs of a mailbox with their names; POP3 alone shows no folders. */
export function tabsOf(protocols?: readonly string[]): { id: MailboxTab; label: string }[] {
  const all: { id: MailboxTab; label: string }[] = [
    { id: 'overview', label: m.mailbox_tab_overview() },
    { id: 'sign-in', label: m.mailbox_tab_sign_in() },
    { id: 'sending', label: m.mailbox_tab_sending() },
    { id: 'receiving', label: m.mailbox_tab_receiving() },
    { id: 'folders', label: m.mailbox_tab_folders() },
  ];
  const onlyPop3 = protocols?.includes('pop3') === true && !protocols.includes('imap');
  return onlyPop3 ? all.filter(({ id }) => id !== 'folders') : all;
}
