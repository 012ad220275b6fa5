import type { Detected } from '../../bindings/Detected';
import type { Found } from '../../bindings/Found';
import type { Server } from '../../bindings/Server';
import type { ServerForm } from '../../bindings/ServerForm';
import type { SetupForm } from '../../bindings/SetupForm';
import { sendVia, usualProtocols, type Protocol, type SendVia } from '../../protocols';

export const stepIds = ['address', 'confirm', 'sign-in', 'checks', 'folders', 'done'] as const;
export type StepId = (typeof stepIds)[number];

export function stepOf(word: string): StepId {
  return stepIds.find((id) => id === word) ?? 'address';
}

export function emptyForm(): SetupForm {
  return {
    address: '',
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
    imap: { host: '', port: '', security: 'auto' },
    pop3: { host: '', port: '', security: 'auto' },
    smtp: { host: '', port: '', security: 'auto' },
    timeout: '',
  };
}

/** A form as the host keeps it; what it left empty gets what the page begins with. */
export function filled(form: SetupForm): SetupForm {
  return {
    ...form,
    send_via: form.send_via || 'smtp',
    who_signs_in: form.who_signs_in || 'mailbox',
    read_with: form.read_with || 'imap',
    imap: { ...form.imap, security: form.imap.security || 'auto' },
    pop3: { ...form.pop3, security: form.pop3.security || 'auto' },
    smtp: { ...form.smtp, security: form.smtp.security || 'auto' },
  };
}

/** Whether nothing was entered yet, so that there is nothing to keep. */
export function isBlank(form: SetupForm): boolean {
  return JSON.stringify({ ...form, registration: '' }) === JSON.stringify(emptyForm());
}

export function domainOf(address: string): string {
  return address.trim().split('@').pop() ?? '';
}

const untouched = (server: ServerForm): boolean => server.host === '' && server.port === '';

const asForm = (server: Server | undefined): ServerForm =>
  server === undefined
    ? { host: '', port: '', security: 'auto' }
    : { host: server.host, port: String(server.port), security: server.security };

/** What the form sends with; a password opens mail servers only. */
export const sendsWith = (form: SetupForm): SendVia =>
  wantsPassword(form) ? 'smtp' : sendVia(form.send_via);

/** The protocols whose servers the form is about. */
export function protocolsOf(form: SetupForm): Protocol[] {
  const server = form.send && sendsWith(form) === 'smtp';
  if (!form.manual || form.read_with === 'imap' || !form.receive) return usualProtocols(server, form.receive);
  const reading = form.read_with === 'both' ? (['imap', 'pop3'] as const) : (['pop3'] as const);
  return [...reading, ...usualProtocols(server, false)];
}

/** All that a sign-in is asked for, with a server or without. */
export function usesOf(form: SetupForm): string[] {
  const way = sendsWith(form);
  if (!form.send || way === 'smtp') return protocolsOf(form);
  const forOthers = way === 'graph' && ['other', 'shared'].includes(form.who_signs_in);
  return [...protocolsOf(form), way, ...(forOthers ? ['graph-for-others'] : [])];
}

/** Whether the mailbox will have folders to look at; POP3 shows none. */
export const hasFolders = (form: SetupForm): boolean => protocolsOf(form).includes('imap');

/** Whether the servers want a password instead of a sign-in. */
export const wantsPassword = (form: SetupForm): boolean => form.who_signs_in === 'password';

interface Servers {
  imap: ServerForm;
  pop3: ServerForm;
  smtp: ServerForm;
}

/** The servers that were found, as a form. */
export function serversOf(detected: Detected): Servers {
  return {
    imap: asForm(detected.incoming.find((server) => server.protocol === 'imap')),
    pop3: asForm(detected.incoming.find((server) => server.protocol === 'pop3')),
    smtp: asForm(detected.outgoing.find((server) => server.protocol === 'smtp')),
  };
}

/** What a mailbox is read with where these servers are there; IMAP where neither is. */
function readWith(imap: ServerForm | null, pop3: ServerForm | null): string {
  if (pop3 === null) return 'imap';
  return imap === null ? 'pop3' : 'both';
}

/** Whether a provider is known by its own servers. Servers that were merely named are entered by a person. */
export function isKnown(found: Found | null): boolean {
  const provider = found?.detected.provider ?? null;
  return provider !== null && provider !== 'custom';
}

/** The form after something was found: empty fields are filled, nothing that a person entered is changed. */
export function withFound(form: SetupForm, found: Found): SetupForm {
  const { detected, known, registrations } = found;
  const has = (id: string | undefined) => registrations.some((choice) => choice.id === id);
  const usual = has(known?.registration) ? known?.registration : registrations[0]?.id;
  const next = { ...form, registration: has(form.registration) ? form.registration : (usual ?? '') };
  if (known !== null && untouched(form.imap) && untouched(form.pop3) && untouched(form.smtp)) {
    const found = serversOf(detected);
    const servers = {
      imap: known.imap ?? found.imap,
      pop3: known.pop3 ?? found.pop3,
      smtp: known.smtp ?? found.smtp,
    };
    return { ...next, ...servers, manual: true, read_with: readWith(known.imap, known.pop3) };
  }
  return isKnown(found) ? next : { ...next, manual: true };
}

/** The form with servers to correct by hand, filled with what was found. */
export function byHand(form: SetupForm, found: Found | null): SetupForm {
  const servers = found === null ? null : serversOf(found.detected);
  return {
    ...form,
    manual: true,
    ...(servers !== null &&
    untouched(form.imap) &&
    untouched(form.pop3) &&
    !servers.imap.host &&
    servers.pop3.host
      ? { read_with: 'pop3' }
      : {}),
    imap: servers !== null && untouched(form.imap) ? servers.imap : form.imap,
    pop3: servers !== null && untouched(form.pop3) ? servers.pop3 : form.pop3,
    smtp: servers !== null && untouched(form.smtp) ? servers.smtp : form.smtp,
  };
}

/** Whether servers by hand are the ones of another mailbox of the domain. */
export function isAsKnown(form: SetupForm, found: Found | null): boolean {
  const known = found?.known;
  if (!known || !form.manual) return false;
  const same = (own: ServerForm, other: ServerForm | null) =>
    other === null || (own.host === other.host && own.port === other.port && own.security === other.security);
  return same(form.imap, known.imap) && same(form.pop3, known.pop3) && same(form.smtp, known.smtp);
}

/** What is missing or cannot be, by the name of its field. */
export type Faults = Partial<
  Record<
    | 'purpose'
    | 'sign_in_name'
    | 'registration'
    | 'password'
    | 'imap_host'
    | 'imap_port'
    | 'pop3_host'
    | 'pop3_port'
    | 'smtp_host'
    | 'smtp_port'
    | 'timeout',
    'missing' | 'not-a-number' | 'too-long'
  >
>;

const isPort = (text: string): boolean =>
  /^\d+$/.test(text.trim()) && Number(text) > 0 && Number(text) < 65_536;

function serverFaults(server: ServerForm): { host?: 'missing'; port?: 'not-a-number' } {
  return {
    ...(server.host.trim() === '' ? { host: 'missing' } : {}),
    ...(isPort(server.port) ? {} : { port: 'not-a-number' }),
  };
}

/**
 * What keeps this form from being confirmed; empty when nothing does. A password is no part of the form: whether there
 * is one has to be said.
 */
export function faultsOf(form: SetupForm, hasPassword = false): Faults {
  const faults: Faults = {};
  if (!form.send && !form.receive) faults.purpose = 'missing';
  if (wantsPassword(form)) {
    if (!hasPassword) faults.password = 'missing';
  } else if (form.registration === '') {
    faults.registration = 'missing';
  }
  if (form.who_signs_in === 'other' && form.sign_in_name.trim() === '') faults.sign_in_name = 'missing';
  if (!form.manual) return faults;
  for (const protocol of protocolsOf(form)) {
    const { host, port } = serverFaults(form[protocol]);
    if (host) faults[`${protocol}_host`] = host;
    if (port) faults[`${protocol}_port`] = port;
  }
  const timeout = form.timeout.trim();
  if (timeout !== '' && !(/^\d+$/.test(timeout) && Number(timeout) > 0)) faults.timeout = 'not-a-number';
  return faults;
}

/** Addresses typed one below the other, without empty lines. */
export function lines(text: string): string[] {
  return text
    .split(/[\n,;]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
