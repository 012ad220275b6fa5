/** A protocol by the word that the host uses. */
export type Protocol = 'imap' | 'pop3' | 'smtp';

/** A way of sending by the word that the host uses; Graph and Gmail send without a mail server. */
export type SendVia = 'smtp' | 'graph' | 'gmail';

/** Whether a word names a way of sending that needs no mail server. */
export const isApi = (word: string): word is 'graph' | 'gmail' => word === 'graph' || word === 'gmail';

/** A word as a way of sending; SMTP where it is none. */
export const sendVia = (word: string): SendVia => (isApi(word) ? word : 'smtp');

/** The ways of sending that a provider's mailboxes have, the usual one first. */
export function waysToSend(provider: string): readonly SendVia[] {
  if (provider === 'microsoft') return ['smtp', 'graph'];
  return provider === 'google' ? ['smtp', 'gmail'] : ['smtp'];
}

/** The name of a way of sending, as its provider writes it. */
export const wayName = (way: string): string =>
  ({ graph: 'Microsoft Graph', gmail: 'Gmail API' })[way] ?? way.toUpperCase();

/** What a mailbox is used with where nothing but its purpose is known: reading is by IMAP. */
export function usualProtocols(sends: boolean, receives: boolean): Protocol[] {
  return [...(receives ? (['imap'] as const) : []), ...(sends ? (['smtp'] as const) : [])];
}
