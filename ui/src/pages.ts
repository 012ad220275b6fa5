import { m } from './paraglide/messages';
import type { Page } from './routes';

/** The entries of the side navigation. */
export type Section = 'mailboxes' | 'attention' | 'registrations' | 'explain' | 'computer';

/** The entry that a page belongs to. */
export function sectionOf(page: Page): Section {
  switch (page) {
    case 'registrations':
    case 'registration':
    case 'organisation':
      return 'registrations';
    case 'support':
      return 'explain';
    case 'attention':
    case 'explain':
    case 'computer':
      return page;
    default:
      return 'mailboxes';
  }
}

/** The title of an entry. */
export function titleOf(section: Section): string {
  switch (section) {
    case 'mailboxes':
      return m.page_mailboxes();
    case 'attention':
      return m.page_attention();
    case 'registrations':
      return m.page_registrations();
    case 'explain':
      return m.page_explain();
    case 'computer':
      return m.page_computer();
  }
}
