import type { CheckInfo } from '../../bindings/CheckInfo';
import type { PlannedCheck } from '../../bindings/PlannedCheck';
import type { ReportInfo } from '../../bindings/ReportInfo';
import type { TestEvent } from '../../bindings/TestEvent';
import type { CheckState } from '../../components/check';

/** One check of a ladder: planned, running or finished. */
export interface Row {
  /** `{protocol or sign-in}/{id}`, and `/{about}` where there are several of the same */
  key: string;
  id: string;
  protocol: string | null;
  /** The address that it is about, where there are several of the same. */
  about: string | undefined;
  /** Its number on the page. */
  no: number;
  state: CheckState;
  /** When it began, in milliseconds; null when it did not or has ended. */
  since: number | null;
  /** When it ended, for the copied text; null where only the report knows. */
  ended: string | null;
  check: CheckInfo | null;
  /** The error ID of the report that it is in; null before there is one and where nothing failed. */
  errorId: string | null;
}

/** Rows that are drawn together; what failed in the last of them follows. */
export interface Segment {
  key: string;
  sending: Row[];
  reading: Row[];
  failed: Row[];
}

/** How far a ladder got. */
export interface Tally {
  all: number;
  done: number;
  passed: number;
  failed: number;
  skipped: number;
}

/** What is proven: `off` where there are no checks of that kind. */
export type Proven = 'off' | 'works' | 'fails' | 'open';

const states: Record<string, CheckState> = {
  passed: 'passed',
  failed: 'failed',
  skipped: 'skipped',
  unchecked: 'unchecked',
  cancelled: 'stopped',
};

export function keyOf(protocol: string | null, id: string, about?: string): string {
  const key = `${protocol ?? 'sign-in'}/${id}`;
  return about === undefined ? key : `${key}/${about}`;
}

/** What a mailbox sends with; whatever else there is, it reads with. */
const sendingBy: readonly (string | null)[] = ['smtp', 'graph', 'gmail'];
export const sends = (protocol: string | null): boolean => sendingBy.includes(protocol);
export const isSending = (row: Row): boolean => sends(row.protocol);
export const isReading = (row: Row): boolean => row.protocol !== null && !sends(row.protocol);

/** The protocols of some rows, each once; the sign-in's own have none. */
export function protocolsIn(rows: readonly Row[]): string[] {
  return [...new Set(rows.flatMap(({ protocol }) => (protocol === null ? [] : [protocol])))];
}

function numbered(rows: Row[]): Row[] {
  return rows.map((row, index) => ({ ...row, no: index + 1 }));
}

function planned({ id, protocol, about }: PlannedCheck): Row {
  return {
    key: keyOf(protocol, id, about),
    id,
    protocol,
    about,
    no: 0,
    state: 'waiting',
    since: null,
    ended: null,
    check: null,
    errorId: null,
  };
}

/** The rows of a plan in the order of the page: sign-in, sending, reading, renewal. */
export function rowsOf(plan: readonly PlannedCheck[]): Row[] {
  const rows = plan.map(planned);
  const across = rows.filter((row) => row.protocol === null);
  return numbered([
    ...across.filter((row) => row.id !== 'renew'),
    ...rows.filter(isSending),
    ...rows.filter(isReading),
    ...across.filter((row) => row.id === 'renew'),
  ]);
}

function plannedOf({ id, protocol, about }: Row): PlannedCheck {
  return about === undefined ? { id, protocol } : { id, protocol, about };
}

/** Puts a check that nobody planned where it belongs: at the end of its column. */
function withRow(rows: readonly Row[], check: PlannedCheck): Row[] {
  if (rows.some((row) => row.key === keyOf(check.protocol, check.id, check.about))) return [...rows];
  const all: PlannedCheck[] = [...rows.map(plannedOf), check];
  const known = new Map(rows.map((row) => [row.key, row]));
  return rowsOf(all).map((row) => ({ ...row, ...known.get(row.key), no: row.no }));
}

/** Whether a test that is stopped now may leave its message in the mailbox. */
export function leavesMessage(rows: readonly Row[]): boolean {
  const is = (id: string, ...states: CheckState[]) =>
    rows.some((row) => row.id === id && states.includes(row.state));
  return is('message', 'running', 'passed') && !is('remove', 'passed');
}

/** The rows after an event. */
export function after(rows: readonly Row[], event: TestEvent, now: number): Row[] {
  switch (event.event) {
    case 'started':
      return withRow(rows, event).map((row) =>
        row.key === keyOf(event.protocol, event.id, event.about)
          ? { ...row, state: 'running', since: now }
          : row,
      );
    case 'finished':
      return withRow(rows, event.check).map((row) =>
        row.key === keyOf(event.check.protocol, event.check.id, event.check.about)
          ? finished(row, event.check, new Date(now).toISOString())
          : row,
      );
    case 'report':
      return reported(rows, event.report);
  }
}

function finished(row: Row, check: CheckInfo, ended: string | null): Row {
  return { ...row, state: states[check.outcome] ?? 'unchecked', since: null, ended, check };
}

/** The rows as a report has them; it is complete, and what was planned besides was not run. */
export function reported(rows: readonly Row[], report: ReportInfo): Row[] {
  const ended = new Map(rows.map((row) => [row.key, row.ended]));
  const checks = new Map(report.checks.map((check) => [keyOf(check.protocol, check.id, check.about), check]));
  return rowsOf(report.checks).map((row) => {
    const check = checks.get(row.key);
    if (check === undefined) return row;
    return { ...finished(row, check, ended.get(row.key) ?? null), errorId: report.error_id ?? null };
  });
}

/** The rows of a test of one side, beside those of the other side that were there before. */
export function beside(kept: readonly Row[], fresh: readonly Row[]): Row[] {
  const all = new Map([...kept, ...fresh].map((row) => [row.key, row]));
  return rowsOf([...all.values()].map(plannedOf)).map((row) => ({ ...row, ...all.get(row.key), no: row.no }));
}

/** The rows after somebody stopped the test. */
export function stopped(rows: readonly Row[]): Row[] {
  return rows.map((row) =>
    row.state === 'running' || row.state === 'waiting' ? { ...row, state: 'stopped', since: null } : row,
  );
}

export function tally(rows: readonly Row[]): Tally {
  const of = (...wanted: CheckState[]) => rows.filter((row) => wanted.includes(row.state)).length;
  return {
    all: rows.length,
    done: rows.length - of('waiting', 'running', 'stopped'),
    passed: of('passed'),
    failed: of('failed'),
    skipped: of('skipped', 'unchecked'),
  };
}

function proven(rows: readonly Row[]): Proven {
  if (rows.length === 0) return 'off';
  if (rows.some((row) => row.state === 'failed')) return 'fails';
  // What was skipped from the first check on was never asked, so nothing is known of it.
  return rows.every((row) => row.state === 'passed' || row.state === 'unchecked') ? 'works' : 'open';
}

/** Whether the usual address sends; what else may send is said by its own checks. */
export const sendingOf = (rows: readonly Row[]): Proven =>
  proven(rows.filter((row) => isSending(row) && row.id !== 'sender'));
/** Whether it reads; a message that never went out could not arrive, and says nothing of it. */
export const readingOf = (rows: readonly Row[]): Proven =>
  proven(
    rows.filter(
      (row) => isReading(row) && !(row.state === 'skipped' && ['arrived', 'remove'].includes(row.id)),
    ),
  );

/** What a finished ladder means: `partly` where something works and something does not. */
export function resultOf(rows: readonly Row[]): 'passed' | 'partly' | 'failed' {
  if (!rows.some((row) => row.state === 'failed' || row.state === 'skipped')) return 'passed';
  return [sendingOf(rows), readingOf(rows)].includes('works') ? 'partly' : 'failed';
}

/** The columns, cut after every row in which something failed. */
export function segmentsOf(rows: readonly Row[]): Segment[] {
  const sending = rows.filter(isSending);
  const reading = rows.filter(isReading);
  const longest = Math.max(sending.length, reading.length);
  const segments: Segment[] = [];
  let from = 0;
  for (let index = 0; index < longest; index += 1) {
    const failed = [sending[index], reading[index]].filter((row) => row?.state === 'failed') as Row[];
    if (failed.length === 0 && index < longest - 1) continue;
    const to = index + 1;
    segments.push({
      key: String(from),
      sending: sending.slice(from, to),
      reading: reading.slice(from, to),
      failed,
    });
    from = to;
  }
  return segments;
}

/** Whether a new sign-in may mend this failure: the person's own part of signing in was refused. */
export function mendedBySignIn(row: Row): boolean {
  const own = row.check?.verdict?.who;
  return row.state === 'failed' && ['token', 'renew', 'authenticate'].includes(row.id) && own === 'you';
}
