import { hrefOf, router, type MailboxTab } from '../../router.svelte';
import type { Row } from './rows';

/** Where the address of a row leads: the mailbox, or the set-up that was begun. */
export function addressOf(row: Row): string {
  if (row.line !== null) return hrefOf({ page: 'mailbox', id: row.line.id, tab: 'overview' });
  return hrefOf({ page: 'setup', id: row.setup?.id ?? null });
}

export function toMailbox(id: string, tab: MailboxTab = 'overview'): void {
  router.go({ page: 'mailbox', id, tab });
}

export function toSignIn(id: string): void {
  toMailbox(id, 'sign-in');
}

export function toSetup(id: string): void {
  router.go({ page: 'setup', id });
}

export function toNewMailbox(): void {
  router.go({ page: 'setup', id: null });
}

export function toNewRegistration(): void {
  router.go({ page: 'registration', id: null });
}
