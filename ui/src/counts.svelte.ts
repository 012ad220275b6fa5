/** Numbers that the side column shows; the pages that know them set them. */
export const counts: { mailboxes: number | undefined; attention: number | undefined } = $state({
  mailboxes: undefined,
  attention: undefined,
});
