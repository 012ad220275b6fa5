/** A protocol by the word that the host uses. */
export type Protocol = 'imap' | 'pop3' | 'smtp';

/** What a mailbox is used with where nothing but its purpose is known: reading is by IMAP. */
export function usualProtocols(sends: boolean, receives: boolean): Protocol[] {
  return [...(receives ? (['imap'] as const) : []), ...(sends ? (['smtp'] as const) : [])];
}
