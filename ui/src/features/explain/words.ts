import { m } from '../../paraglide/messages';
import type { Where, Whose } from './explanation.svelte';

/** Where a text may have been seen. */
export function wheres(): { value: Where; label: string }[] {
  return [
    { value: 'any', label: m.explain_where_any() },
    { value: 'browser', label: m.explain_where_browser() },
    { value: 'sending', label: m.explain_where_sending() },
    { value: 'reading', label: m.explain_where_reading() },
  ];
}

/** Whose mailbox it may be about. */
export function whoses(): { value: Whose; label: string }[] {
  return [
    { value: 'any', label: m.explain_whose_any() },
    { value: 'microsoft', label: 'Microsoft' },
    { value: 'google', label: 'Google' },
    { value: 'custom', label: m.explain_whose_custom() },
  ];
}
