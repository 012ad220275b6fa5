/** What is known of a mailbox's way to its servers. */
interface Access {
  auth: string;
  signed_in_as: string | null;
}

/** Whether nobody signs in: the app registration has access of its own. */
export const needsNobody = ({ auth }: Pick<Access, 'auth'>): boolean => auth === 'app-only';

/** Whether its servers want a password instead of a sign-in. */
export const hasPassword = ({ auth }: Pick<Access, 'auth'>): boolean => auth === 'password';

/** Whether a person signs in to it at the provider. */
export const isSignedInTo = (mailbox: Pick<Access, 'auth'>): boolean =>
  !needsNobody(mailbox) && !hasPassword(mailbox);

/** Whether there is anything to test with. */
export const hasAccess = (mailbox: Access): boolean =>
  !isSignedInTo(mailbox) || mailbox.signed_in_as !== null;
