import type { Home } from '../../bindings/Home';
import type { HomeLine } from '../../bindings/HomeLine';
import type { SetupInfo } from '../../bindings/SetupInfo';
import { statusText } from '../../components/status';
import { m } from '../../paraglide/messages';
import { needsNobody } from '../access/access';
import { providerText } from './words';

/** One line of the first page: a mailbox, or a set-up that was begun and has no mailbox yet. */
export interface Row {
  /** Unique, also across the two kinds. */
  key: string;
  address: string;
  person: string;
  provider: string;
  sending: string;
  reading: string;
  status: string;
  checked: string | null;
  line: HomeLine | null;
  setup: SetupInfo | null;
}

/** The four views of the list. */
export const segments = ['all', 'attention', 'waiting', 'working'] as const;
export type Segment = (typeof segments)[number];

export const columns = ['mailbox', 'person', 'provider', 'sends', 'reads', 'status', 'checked'] as const;
export type Column = (typeof columns)[number];

/** What needs somebody stands first. */
const urgency = [
  'stopped',
  'partly-working',
  'needs-attention',
  'waiting-for-you',
  'waiting-for-admin',
  'waiting-for-provider',
  'testing',
  'not-started',
  'working',
  'retired',
];
const sides = ['failed', 'unchecked', 'proven', 'off'];

function mailboxRow(line: HomeLine): Row {
  return {
    key: `mailbox:${line.id}`,
    address: line.address,
    person: needsNobody(line) ? m.access_nobody() : (line.signed_in_as ?? ''),
    provider: providerText(line.provider),
    sending: line.sending,
    reading: line.reading,
    status: line.status,
    checked: line.last_check,
    line,
    setup: null,
  };
}

function setupRow(setup: SetupInfo): Row {
  return {
    key: `setup:${setup.id}`,
    address: setup.form.address.trim() === '' ? m.home_no_address() : setup.form.address.trim(),
    person: setup.signed_in_as ?? '',
    provider: '',
    sending: 'off',
    reading: 'off',
    status: 'not-started',
    checked: null,
    line: null,
    setup,
  };
}

/** All rows; `hidden` are keys that somebody just took away and may bring back. */
export function rowsOf(home: Home, hidden: ReadonlySet<string>): Row[] {
  const rows = [...home.mailboxes.map(mailboxRow), ...home.setups.map(setupRow)];
  return rows.filter((row) => !hidden.has(row.key));
}

/** The view that a status belongs to, besides all of them. */
export function segmentOf(status: string): Segment {
  if (['needs-attention', 'partly-working', 'stopped'].includes(status)) return 'attention';
  if (status.startsWith('waiting-for-')) return 'waiting';
  return status === 'working' ? 'working' : 'all';
}

export function countOf(rows: readonly Row[], segment: Segment): number {
  return segment === 'all' ? rows.length : rows.filter((row) => segmentOf(row.status) === segment).length;
}

/** Rows of a view in which every typed word occurs: in address, name, person, provider or status. */
export function filtered(rows: readonly Row[], segment: Segment, typed: string): Row[] {
  const words = typed.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    if (segment !== 'all' && segmentOf(row.status) !== segment) return false;
    if (words.length === 0) return true;
    const text = [row.address, row.line?.name, row.person, row.provider, statusText(row.status)]
      .join('\n')
      .toLocaleLowerCase();
    return words.every((word) => text.includes(word));
  });
}

let collator: Intl.Collator | undefined;

/** As people sort; made when it is first needed, because the start needs none. */
function compareText(a: string, b: string): number {
  collator ??= new Intl.Collator(undefined, { sensitivity: 'base', numeric: true });
  return collator.compare(a, b);
}

const orders: Record<Column, (a: Row, b: Row) => number> = {
  mailbox: (a, b) => compareText(a.address, b.address),
  person: (a, b) => compareText(a.person, b.person),
  provider: (a, b) => compareText(a.provider, b.provider),
  sends: (a, b) => sides.indexOf(a.sending) - sides.indexOf(b.sending),
  reads: (a, b) => sides.indexOf(a.reading) - sides.indexOf(b.reading),
  status: (a, b) => urgency.indexOf(a.status) - urgency.indexOf(b.status),
  checked: (a, b) => Date.parse(a.checked ?? '') - Date.parse(b.checked ?? ''),
};

/** A sorted copy; what is equal, and what has nothing in this column, follows by address. */
export function sorted(rows: readonly Row[], column: Column, descending: boolean): Row[] {
  const order = orders[column];
  const empty = (row: Row) =>
    (column === 'person' && row.person === '') ||
    (column === 'provider' && row.provider === '') ||
    (column === 'checked' && row.checked === null);
  return rows.toSorted((a, b) => {
    const gaps = Number(empty(a)) - Number(empty(b));
    if (gaps !== 0) return gaps;
    const compared = empty(a) ? 0 : order(a, b);
    return (descending ? -compared : compared) || compareText(a.address, b.address);
  });
}
