import type { MailboxPage } from '../../bindings/MailboxPage';
import type { MailboxChange } from '../../host/gateway';
import { m } from '../../paraglide/messages';
import { sendVia, type SendVia } from '../../protocols';

/** The settings of a mailbox as they stand in fields. */
export interface Settings {
  sends: boolean;
  /** `smtp`, `graph` or `gmail`. */
  sendVia: SendVia;
  smtpHost: string;
  smtpPort: string;
  smtpSecurity: string;
  smtpLogin: string;
  senderName: string;
  /** One address per line, the usual one first. */
  senders: string;
  receives: boolean;
  imapHost: string;
  imapPort: string;
  imapSecurity: string;
  pop3Host: string;
  pop3Port: string;
  pop3Security: string;
  timeout: string;
}

export type SettingName = keyof Settings;
export type Faults = Partial<Record<SettingName, string>>;
export type Side = 'sending' | 'receiving';

/** The fields of each tab, in their order there. */
export const fieldsOf: Record<Side, readonly SettingName[]> = {
  sending: [
    'sends',
    'sendVia',
    'smtpHost',
    'smtpPort',
    'smtpSecurity',
    'smtpLogin',
    'senderName',
    'senders',
    'timeout',
  ],
  receiving: [
    'receives',
    'imapHost',
    'imapPort',
    'imapSecurity',
    'pop3Host',
    'pop3Port',
    'pop3Security',
    'timeout',
  ],
};

export function settingsOf({ details }: MailboxPage): Settings {
  const smtp = details.servers.find((server) => server.protocol === 'smtp');
  const imap = details.servers.find((server) => server.protocol === 'imap');
  const pop3 = details.servers.find((server) => server.protocol === 'pop3');
  return {
    sends: details.sends,
    sendVia: sendVia(details.send_via),
    smtpHost: smtp?.host ?? '',
    smtpPort: smtp === undefined ? '' : String(smtp.port),
    smtpSecurity: smtp?.security ?? 'auto',
    smtpLogin: details.smtp_login,
    senderName: details.sender_name,
    senders: details.senders.join('\n'),
    receives: details.receives,
    imapHost: imap?.host ?? '',
    imapPort: imap === undefined ? '' : String(imap.port),
    imapSecurity: imap?.security ?? 'auto',
    pop3Host: pop3?.host ?? '',
    pop3Port: pop3 === undefined ? '' : String(pop3.port),
    pop3Security: pop3?.security ?? 'auto',
    timeout: String(details.timeout_ms / 1000),
  };
}

const addresses = (text: string) => text.split(/[\s,;]+/).filter(Boolean);

/** The fields of a tab that were changed; white space around is no change. */
export function changedIn(side: Side, before: Settings, typed: Settings): SettingName[] {
  const plain = (value: string | boolean) => (typeof value === 'string' ? value.trim() : value);
  return fieldsOf[side].filter((name) => plain(before[name]) !== plain(typed[name]));
}

/** What cannot be right, without asking the host. A side that is off is not looked at. */
export function faultsOf(side: Side, typed: Settings): Faults {
  const faults: Faults = {};
  if (!typed.sends && !typed.receives) {
    faults[side === 'sending' ? 'sends' : 'receives'] = m.mailbox_fault_purpose();
  }
  const on = side === 'sending' ? typed.sends : typed.receives;
  if (!on) return faults; // its fields are not shown either
  const protocols = side === 'sending' ? (['smtp'] as const) : (['imap', 'pop3'] as const);
  const used = protocols.filter((protocol) => typed[`${protocol}Host`].trim() !== '');
  const needsServer = side === 'receiving' || typed.sendVia === 'smtp';
  if (needsServer && used.length === 0) faults[`${protocols[0]}Host`] = m.mailbox_fault_host();
  for (const protocol of used) {
    if (/[\s/@]/.test(typed[`${protocol}Host`].trim())) {
      faults[`${protocol}Host`] = m.mailbox_fault_host_only();
    }
    const number = typed[`${protocol}Port`].trim();
    if (number !== '' && !(/^\d{1,5}$/.test(number) && Number(number) >= 1 && Number(number) <= 65_535)) {
      faults[`${protocol}Port`] = m.mailbox_fault_port();
    }
  }
  const seconds = Number(typed.timeout.trim().replace(',', '.'));
  if (typed.timeout.trim() === '' || !(seconds >= 1 && seconds <= 600)) {
    faults.timeout = m.mailbox_fault_timeout();
  }
  if (side === 'sending') {
    const listed = addresses(typed.senders);
    const odd = listed.find((address) => !/^[^@]+@[^@]+$/.test(address));
    if (listed.length === 0) faults.senders = m.mailbox_fault_senders();
    else if (odd !== undefined) faults.senders = m.mailbox_fault_sender({ text: odd });
  }
  return faults;
}

/** `HOST:PORT:MODE`; without a host it is none, which takes the server away. */
function endpoint(host: string, port: string, security: string): string {
  const name = host.trim();
  if (name === '') return '';
  return [name.includes(':') ? `[${name}]` : name, port.trim(), security].filter(Boolean).join(':');
}

/** The change that the host is asked for: only what differs. */
export function changeOf(side: Side, before: Settings, typed: Settings, signInName: string): MailboxChange {
  const changed = new Set<SettingName>(changedIn(side, before, typed));
  const change: MailboxChange = {};
  if (changed.has('sends')) change.send = typed.sends;
  if (changed.has('sendVia')) change.send_via = typed.sendVia;
  if (changed.has('receives')) change.receive = typed.receives;
  if (changed.has('smtpHost') || changed.has('smtpPort') || changed.has('smtpSecurity')) {
    change.smtp = endpoint(typed.smtpHost, typed.smtpPort, typed.smtpSecurity);
  }
  if (changed.has('imapHost') || changed.has('imapPort') || changed.has('imapSecurity')) {
    change.imap = endpoint(typed.imapHost, typed.imapPort, typed.imapSecurity);
  }
  if (changed.has('pop3Host') || changed.has('pop3Port') || changed.has('pop3Security')) {
    change.pop3 = endpoint(typed.pop3Host, typed.pop3Port, typed.pop3Security);
  }
  // An emptied login is the usual one again.
  if (changed.has('smtpLogin')) change.smtp_login = typed.smtpLogin.trim() || signInName;
  if (changed.has('senderName')) change.sender_name = typed.senderName.trim();
  if (changed.has('senders')) change.senders = addresses(typed.senders);
  if (changed.has('timeout')) {
    const seconds = Number(typed.timeout.trim().replace(',', '.'));
    const text = Number.isInteger(seconds) ? String(seconds) : `${String(Math.round(seconds * 1000))}ms`;
    if (seconds > 0) change.timeout = text; // what a side that is off left unreadable stays as it was
  }
  return change;
}
