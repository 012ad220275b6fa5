import { m } from '../../paraglide/messages';
import { sends } from './ladder';

const names: Record<string, () => string> = {
  token: m.checks_name_token,
  resolve: m.checks_name_resolve,
  connect: m.checks_name_connect,
  greeting: m.checks_name_greeting,
  capabilities: m.checks_name_capabilities,
  starttls: m.checks_name_starttls,
  tls: m.checks_name_tls,
  'capabilities-secure': m.checks_name_capabilities_secure,
  authenticate: m.checks_name_authenticate,
  inbox: m.checks_name_inbox,
  folders: m.checks_name_folders,
  count: m.checks_name_count,
  envelope: m.checks_name_envelope,
  message: m.checks_name_message,
  arrived: m.checks_name_arrived,
  remove: m.checks_name_remove,
  sender: m.checks_name_sender,
  renew: m.checks_name_renew,
};

/** A check in plain words; one that this version does not know keeps the host's word. Reading with POP3 says so. */
export function checkName(id: string, protocol: string | null = null, about?: string): string {
  if (id === 'sender' && about !== undefined) return m.checks_name_sender_as({ address: about });
  const name = names[id]?.() ?? id;
  return protocol === 'pop3' ? m.checks_name_pop3({ name }) : name;
}

/** The column that a check stands in: “Sending”, “Reading”, or “Sign-in” for what concerns both. */
export function columnName(protocol: string | null): string {
  if (sends(protocol)) return m.checks_sending();
  return protocol === null ? m.checks_sign_in() : m.checks_reading();
}
