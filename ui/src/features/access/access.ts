/** What is known of a mailbox's way to its servers. */
interface Access {
  auth: string;
  signed_in_as: string | null;
}

/** Whether nobody signs in: the app registration has access of its own. */
export const needsNobody = ({ auth }: Pick<Access, 'auth'>): boolean => auth === 'app-only';

/** Whether there is anything to test with. */
export const hasAccess = (mailbox: Access): boolean => needsNobody(mailbox) || mailbox.signed_in_as !== null;
