import type { CheckInfo } from '../../bindings/CheckInfo';
import type { HomeLine } from '../../bindings/HomeLine';
import type { MailboxPage } from '../../bindings/MailboxPage';
import type { ReportInfo } from '../../bindings/ReportInfo';
import type { SetupInfo } from '../../bindings/SetupInfo';
import type { VerdictInfo } from '../../bindings/VerdictInfo';

/** Values for tests. */
export function verdict(replaced: Partial<VerdictInfo> = {}): VerdictInfo {
  return {
    id: 'smtp-auth-disabled-mailbox',
    title: 'Sending is switched off for this mailbox',
    what: 'The server accepted the sign-in and refused to send.',
    still_works: 'Reading works.',
    who: 'administrator',
    steps: ['Open the mailbox.', 'Tick “Authenticated SMTP”.'],
    link: null,
    command: 'Set-CASMailbox',
    reverse: null,
    source: 'Microsoft',
    checked_on: '2026-11-20',
    matched: '535 5.7.139',
    ...replaced,
  };
}

export function line(address: string, replaced: Partial<HomeLine> = {}): HomeLine {
  return {
    id: `id-${address}`,
    address,
    name: address,
    status: 'working',
    provider: 'microsoft',
    auth: 'oauth',
    sends: true,
    receives: true,
    protocols: ['imap', 'smtp'],
    signed_in_as: address,
    last_check: '2026-11-20T12:58:00Z',
    sending: 'proven',
    reading: 'proven',
    problem: null,
    ends: null,
    setup: null,
    ...replaced,
  };
}

export function setup(address: string, replaced: Partial<SetupInfo> = {}): SetupInfo {
  const server = { host: '', port: '', security: 'auto' };
  return {
    id: `setup-${address}`,
    step: 'confirm',
    mailbox: null,
    signed_in_as: null,
    form: {
      address,
      registration: '',
      send: true,
      send_via: 'smtp',
      receive: true,
      who_signs_in: 'mailbox',
      sign_in_name: '',
      sender_name: '',
      senders: [],
      account_name: '',
      manual: false,
      read_with: 'imap',
      imap: server,
      pop3: server,
      smtp: server,
      timeout: '',
    },
    started: '2026-11-20T10:00:00Z',
    changed: '2026-11-20T10:05:00Z',
    ...replaced,
  };
}

export function check(id: string, protocol: string | null, replaced: Partial<CheckInfo> = {}): CheckInfo {
  return {
    id,
    protocol,
    outcome: 'passed',
    ms: 120,
    detail: 'As it should be.',
    server_says: null,
    challenge: null,
    works_instead: [],
    verdict: null,
    ...replaced,
  };
}

export function report(mailbox: string, replaced: Partial<ReportInfo> = {}): ReportInfo {
  return {
    mailbox,
    status: 'working',
    proof: 'envelope',
    ms: 900,
    started: '2026-11-20T12:58:00Z',
    checks: [
      check('token', null),
      check('authenticate', 'smtp'),
      check('envelope', 'smtp'),
      check('inbox', 'imap'),
      check('renew', null),
    ],
    announcements: [],
    ...replaced,
  };
}

export function mailboxPage(home: HomeLine, replaced: Partial<MailboxPage> = {}): MailboxPage {
  return {
    home,
    registration_id: 'registration-1',
    report: report(home.address),
    shares_sign_in_with: [],
    details: {
      id: home.id,
      address: home.address,
      status: home.status,
      name: home.name,
      provider: home.provider,
      auth: home.auth,
      sends: home.sends,
      receives: home.receives,
      protocols: home.protocols,
      signed_in_as: home.signed_in_as,
      last_check: home.last_check,
      sender_name: '',
      senders: [home.address],
      sign_in_name: home.address,
      smtp_login: home.address,
      send_via: 'smtp',
      servers: [
        {
          protocol: 'smtp',
          host: 'smtp.example.org',
          port: 587,
          security: 'starttls',
          source: 'typed',
          login: home.address,
        },
        {
          protocol: 'imap',
          host: 'imap.example.org',
          port: 993,
          security: 'tls',
          source: 'typed',
          login: home.address,
        },
      ],
      registration: 'Mail',
      timeout_ms: 30_000,
      scopes: ['https://outlook.office.com/SMTP.Send', 'offline_access', 'Something.Else'],
      signed_in_at: '2026-11-12T09:00:00Z',
      renewed_at: '2026-11-20T12:58:00Z',
      keychain: 'the keychain',
      proof: 'envelope',
      announcements: [],
      folders: { inbox: { mode: 'automatic', name: 'Inbox', missing: null } },
    },
    ...replaced,
  };
}
