import { m } from './paraglide/messages';

/** The pages of the side navigation. The part after `#/` in the address names the page. */
export const pages = ['mailboxes', 'attention', 'explain', 'settings'] as const;

export type Page = (typeof pages)[number];

/** The page that an address names; the first one when it names none. */
export function pageOf(hash: string): Page {
  return pages.find((page) => hash === `#/${page}`) ?? 'mailboxes';
}

/** The title of a page, also its name in the navigation. */
export function titleOf(page: Page): string {
  switch (page) {
    case 'mailboxes':
      return m.page_mailboxes();
    case 'attention':
      return m.page_attention();
    case 'explain':
      return m.page_explain();
    case 'settings':
      return m.page_settings();
  }
}
