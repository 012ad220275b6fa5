/** Names the page on its `<main>`, for tests of the window: `<div {@attach pageMark('mailboxes')}>`. */
export const pageMark = (page: string) => (node: Element) => {
  node.closest('main')?.setAttribute('data-page', page);
};
