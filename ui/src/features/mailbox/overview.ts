import type { MailboxDetails } from '../../bindings/MailboxDetails';
import type { MailboxPage } from '../../bindings/MailboxPage';
import { m } from '../../paraglide/messages';
import { wayName } from '../../protocols';
import { longTime } from '../home/words';

/** How a connection is secured, in the words of the providers' own pages. */
export function securityText(security: string): string {
  switch (security) {
    case 'tls':
      return m.mailbox_security_tls();
    case 'starttls':
      return m.mailbox_security_starttls();
    case 'plain':
      return m.mailbox_security_plain();
    default:
      return m.mailbox_security_auto();
  }
}

/** “smtp.example.org : 587, STARTTLS”, or that there is none. */
export function serverText(details: MailboxDetails, protocol: 'smtp' | 'imap' | 'pop3'): string {
  const server = details.servers.find((one) => one.protocol === protocol);
  if (server === undefined) return m.mailbox_no_server();
  return m.mailbox_server_text({
    host: server.host,
    port: String(server.port),
    security: securityText(server.security),
  });
}

/** The server for sending, or the way that needs none. */
export const sendingText = (details: MailboxDetails): string =>
  details.send_via === 'smtp' ? serverText(details, 'smtp') : wayName(details.send_via);

/** The label of a server for reading; with two of them it says which one. */
export const readServerLabel = (protocol: string, servers: number): string =>
  servers > 1 || protocol === 'pop3'
    ? m.mailbox_server_of({ protocol: protocol.toUpperCase() })
    : m.mailbox_server();

/** How far the last test got on one side, and when. */
export function proofText({ home, details, report }: MailboxPage, side: 'sending' | 'reading'): string {
  const state = home[side];
  if (state === 'off') return m.mailbox_proof_off();
  if (report === null || state === 'unchecked') return m.mailbox_proof_none();
  const when = longTime(report.started);
  if (state === 'failed') return m.mailbox_proof_failed({ when });
  if (side === 'reading') return m.mailbox_proof_inbox({ when });
  if (details.proof === 'arrived') return m.mailbox_proof_arrived({ when });
  if (details.proof === 'message') return m.mailbox_proof_message({ when });
  return details.proof === 'envelope'
    ? m.mailbox_proof_envelope({ when })
    : m.mailbox_proof_sending({ when });
}

/** How many folder roles are mapped, and what the inbox is called here. */
export function inboxText(details: MailboxDetails): string {
  const roles = Object.values(details.folders).filter((role) => role.name !== null);
  if (roles.length === 0) return m.mailbox_folders_none();
  return m.mailbox_folders_mapped({ count: roles.length });
}
