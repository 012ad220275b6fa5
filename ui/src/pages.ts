import { m } from './paraglide/messages';
import type { Page } from './routes';

/** The entries of the side navigation. */
export type Section = 'mailboxes' | 'registrations' | 'explain';

/** The entry that a page belongs to. */
export function sectionOf(page: Page): Section {
  switch (page) {
    case 'registrations':
    case 'registration':
      return 'registrations';
    case 'explain':
      return 'explain';
    default:
      return 'mailboxes';
  }
}

/** The title of an entry. */
export function titleOf(section: Section): string {
  switch (section) {
    case 'mailboxes':
      return m.page_mailboxes();
    case 'registrations':
      return m.page_registrations();
    case 'explain':
      return m.page_explain();
  }
}
