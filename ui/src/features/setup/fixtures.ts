import type { CheckInfo } from '../../bindings/CheckInfo';
import type { Folders } from '../../bindings/Folders';
import type { Found } from '../../bindings/Found';
import type { MailboxPage } from '../../bindings/MailboxPage';
import type { PlannedCheck } from '../../bindings/PlannedCheck';
import type { Readiness } from '../../bindings/Readiness';
import type { ReportInfo } from '../../bindings/ReportInfo';
import type { SetupForm } from '../../bindings/SetupForm';
import type { SetupInfo } from '../../bindings/SetupInfo';
import type { VerdictInfo } from '../../bindings/VerdictInfo';
import type { Gateway } from '../../host/gateway';
import { emptyForm } from './forms';

/** What the host may answer in tests of the set-up. Nothing here is in the program. */

export const address = 'anna@firma.nl';

export const erpMail = { id: 'reg-1', name: 'ERP mail', provider: 'microsoft', app_only: false };
export const orderMail = { id: 'reg-2', name: 'Order mail', provider: 'microsoft', app_only: true };

export function found(change: Partial<Found> = {}): Found {
  return {
    detected: {
      address,
      provider: 'microsoft',
      tenant: null,
      cloud: null,
      not_confirmed: null,
      tenant_note: null,
      source: 'mx',
      confidence: 'certain',
      note: 'firma-nl.mail.protection.outlook.com',
      incoming: [
        {
          protocol: 'imap',
          host: 'outlook.office365.com',
          port: 993,
          security: 'tls',
          auth: [],
          login: null,
          source: 'built-in',
        },
      ],
      outgoing: [
        {
          protocol: 'smtp',
          host: 'smtp.office365.com',
          port: 587,
          security: 'starttls',
          auth: [],
          login: null,
          source: 'built-in',
        },
      ],
      others: [],
    },
    existing: null,
    begun: null,
    registrations: [erpMail],
    known: null,
    ...change,
  };
}

export function unknownProvider(change: Partial<Found> = {}): Found {
  return found({
    detected: {
      address: 'orders@brightwater.example',
      provider: null,
      tenant: null,
      cloud: null,
      not_confirmed: null,
      tenant_note: null,
      source: null,
      confidence: null,
      note: 'Nothing is known.',
      incoming: [],
      outgoing: [],
      others: [],
    },
    ...change,
  });
}

export function form(change: Partial<SetupForm> = {}): SetupForm {
  return { ...emptyForm(), address, registration: 'reg-1', ...change };
}

export function info(change: Partial<SetupInfo> = {}): SetupInfo {
  return {
    id: 'setup-1',
    step: 'address',
    mailbox: null,
    signed_in_as: null,
    form: form(),
    started: '2026-11-20T13:20:00Z',
    changed: '2026-11-20T13:20:00Z',
    ...change,
  };
}

export const servers = [
  {
    protocol: 'imap',
    host: 'outlook.office365.com',
    port: 993,
    security: 'tls',
    source: 'built-in',
    login: address,
  },
  {
    protocol: 'smtp',
    host: 'smtp.office365.com',
    port: 587,
    security: 'starttls',
    source: 'built-in',
    login: address,
  },
];

export function mailboxPage(report: ReportInfo | null = null, signedIn: string | null = null): MailboxPage {
  const line = {
    id: 'box-1',
    address,
    status: report?.status ?? 'not-started',
    name: address,
    provider: 'microsoft',
    auth: 'oauth',
    sends: true,
    receives: true,
    protocols: ['imap', 'smtp'],
    signed_in_as: signedIn,
    last_check: report?.started ?? null,
  };
  return {
    home: {
      ...line,
      sending: 'unchecked',
      reading: 'unchecked',
      problem: null,
      ends: null,
      setup: 'setup-1',
    },
    details: {
      ...line,
      sender_name: '',
      senders: [address],
      sign_in_name: address,
      smtp_login: address,
      send_via: 'smtp',
      servers,
      registration: 'ERP mail',
      timeout_ms: 30_000,
      scopes: [],
      signed_in_at: null,
      renewed_at: null,
      keychain: 'Secret Service',
      proof: null,
      announcements: [],
      folders: {},
    },
    registration_id: 'reg-1',
    report,
    shares_sign_in_with: [],
  };
}

export const ready: Readiness = {
  parts: [
    { id: 'keychain', name: 'Secret Service, unlocked', problem: null },
    { id: 'browser', name: 'Firefox', problem: null },
    { id: 'return-address', name: 'http://localhost, free on this computer', problem: null },
  ],
  ready: true,
  no_code: null,
};

export function verdict(change: Partial<VerdictInfo> = {}): VerdictInfo {
  return {
    id: 'smtp-auth-off-mailbox',
    title: 'Microsoft 365 does not let anna@firma.nl send through apps yet',
    what: 'The sign-in is good. Sending is switched off for this mailbox.',
    still_works: 'Reading works and nothing was changed.',
    who: 'administrator',
    steps: [
      'Open Users, Active users, anna@firma.nl, Mail, Manage email apps.',
      'Tick “Authenticated SMTP” and save.',
      'Test again.',
    ],
    link: 'https://admin.microsoft.com',
    command: 'Set-CASMailbox -Identity anna@firma.nl -SmtpClientAuthenticationDisabled $false',
    reverse: 'Set-CASMailbox -Identity anna@firma.nl -SmtpClientAuthenticationDisabled $true',
    source: 'Microsoft Learn',
    checked_on: '2026-11-18',
    matched: '5.7.139',
    ...change,
  };
}

export const lockedKeychain = verdict({
  id: 'keychain-locked',
  title: 'The keychain of this computer is locked',
  what: 'The sign-in could not be stored safely. Mailwright does not put it in a file instead.',
  still_works: 'Mailboxes you already have are unchanged.',
  who: 'you',
  steps: ['Unlock the keychain. The system asks for its password.'],
  link: null,
  command: null,
  reverse: null,
  matched: null,
});

export const locked: Readiness = {
  ready: false,
  no_code: null,
  parts: ready.parts.map((part) =>
    part.id === 'keychain'
      ? {
          ...part,
          name: 'Secret Service, locked',
          problem: { code: 'keychain', message: 'The keychain is locked.', verdict: lockedKeychain },
        }
      : part,
  ),
};

const ids: Record<string, string[]> = {
  smtp: [
    'resolve',
    'connect',
    'greeting',
    'capabilities',
    'starttls',
    'tls',
    'capabilities-secure',
    'authenticate',
    'envelope',
  ],
  imap: [
    'resolve',
    'connect',
    'tls',
    'greeting',
    'capabilities-secure',
    'authenticate',
    'inbox',
    'folders',
    'count',
  ],
};

export const plan: PlannedCheck[] = [
  { id: 'token', protocol: null },
  ...['imap', 'smtp'].flatMap((protocol) => (ids[protocol] ?? []).map((id) => ({ id, protocol }))),
  { id: 'renew', protocol: null },
];

export function check(planned: PlannedCheck, change: Partial<CheckInfo> = {}): CheckInfo {
  return {
    ...planned,
    outcome: 'passed',
    ms: 40 + planned.id.length * 12,
    detail: 'It is as it should be.',
    server_says: null,
    challenge: null,
    works_instead: [],
    verdict: null,
    ...change,
  };
}

export function report(change: Partial<ReportInfo> = {}): ReportInfo {
  return {
    mailbox: address,
    status: 'working',
    proof: 'envelope',
    ms: 8900,
    started: '2026-11-20T13:20:41Z',
    checks: plan.map((planned) => check(planned)),
    announcements: [],
    ...change,
  };
}

export const refused = {
  outcome: 'failed',
  ms: 212,
  detail: 'The server did not accept the sign-in.',
  server_says:
    '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.',
  challenge: null,
  works_instead: [],
  verdict: verdict(),
};

/** Reading works, sending is refused. */
export const partly: ReportInfo = report({
  status: 'partly-working',
  proof: 'login',
  ms: 7200,
  checks: plan.map((planned) => {
    if (planned.protocol !== 'smtp') return check(planned);
    if (planned.id === 'authenticate') return check(planned, refused);
    if (planned.id !== 'envelope') return check(planned);
    return check(planned, { outcome: 'skipped', ms: 0, detail: 'Skipped because the server refused.' });
  }),
});

export const folders: Folders = {
  folders: [
    { name: 'Postvak IN', raw: 'INBOX', messages: 12_480, role: 'inbox', marked: 'inbox', selectable: true },
    { name: 'Verzonden items', raw: 'Sent', messages: 4211, role: 'sent', marked: 'sent', selectable: true },
    { name: 'Concepten', raw: 'Drafts', messages: 37, role: 'drafts', marked: 'drafts', selectable: true },
    { name: 'Verwijderde items', raw: 'Trash', messages: 816, role: 'trash', marked: null, selectable: true },
    { name: 'Archief', raw: 'Archief', messages: 9034, role: null, marked: null, selectable: true },
    { name: 'Klanten', raw: 'Klanten', messages: 1902, role: null, marked: null, selectable: true },
  ],
  roles: {
    inbox: { mode: 'automatic', name: 'Postvak IN', missing: null },
    sent: { mode: 'automatic', name: 'Verzonden items', missing: null },
    drafts: { mode: 'automatic', name: 'Concepten', missing: null },
    trash: { mode: 'automatic', name: 'Verwijderde items', missing: null },
    junk: { mode: 'none', name: null, missing: null },
    archive: { mode: 'chosen', name: null, missing: 'Archief 2024' },
  },
};

export const permissions = [
  { meaning: 'send', name: 'https://outlook.office.com/SMTP.Send' },
  { meaning: 'read', name: 'https://outlook.office.com/IMAP.AccessAsUser.All' },
  { meaning: 'stay-signed-in', name: 'offline_access' },
];

/** A host in which everything goes well, from a set-up that stands at `at`. */
export function host(at: Partial<SetupInfo> = {}, replaced: Partial<Gateway> = {}): Partial<Gateway> {
  let now = info(at);
  let boxReport: ReportInfo | null = null;
  let person: string | null = null;
  return {
    find: () => Promise.resolve(found()),
    setup: () => Promise.resolve(now),
    saveSetup: (id, step, typed) => {
      now = { ...now, id: id ?? 'setup-1', step, form: typed };
      return Promise.resolve(now);
    },
    confirmSetup: () => {
      now = { ...now, step: 'sign-in', mailbox: 'box-1' };
      return Promise.resolve(now);
    },
    mailbox: () => Promise.resolve(mailboxPage(boxReport, person)),
    permissions: () => Promise.resolve(permissions),
    readiness: () => Promise.resolve(ready),
    signIn: (_, __, step) => {
      step({ event: 'link', url: 'https://login.microsoftonline.com/authorize?state=abc', ms: 300_000 });
      step({ event: 'came-back' });
      person = address;
      return Promise.resolve({ signed_in_as: address, scopes: [], expires: '2026-11-20T14:20:00Z' });
    },
    plan: () => Promise.resolve(plan),
    test: (_, event) => {
      for (const planned of plan) {
        event({ event: 'started', mailbox: address, ...planned });
        event({ event: 'finished', mailbox: address, check: check(planned) });
      }
      boxReport = report();
      return Promise.resolve(boxReport);
    },
    folders: () => Promise.resolve(folders),
    ...replaced,
  };
}
