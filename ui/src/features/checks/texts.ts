import { took } from '../../components/check';
import { m } from '../../paraglide/messages';
import { serverOf, serverText, type Around } from './copy';
import { moment } from './format';
import type { Row } from './ladder';
import type { TestRun } from './run.svelte';

/** What stands beside the bar: “9 of 11 done · 1 failed · 6.4 s”. */
export function progressText(run: Pick<TestRun, 'state' | 'tally' | 'elapsed'>): string {
  const { all, done, passed, failed } = run.tally;
  if (all === 0) return run.state === 'running' ? m.checks_preparing() : m.checks_not_run();
  const time = took(run.elapsed, run.state === 'running');
  const of = String(all);
  if (run.state === 'passed') return m.checks_progress_passed({ passed: String(passed), of, time });
  if (failed > 0) return m.checks_progress_failed({ done: String(done), of, failed: String(failed), time });
  return m.checks_progress_running({ done: String(done), of, time });
}

interface Fact {
  label: string;
  value?: string;
  mono?: boolean;
  copy?: boolean;
}

/** The technical details of a finished check. */
export function factsOf(row: Row, around: Around): Fact[] {
  const { check } = row;
  const at = row.ended ?? around.started;
  const server = serverOf(around.servers, row.protocol);
  const facts: { label: string; value: string | null | undefined; mono?: boolean }[] = [
    { label: m.checks_copy_time(), value: at === null ? null : moment(at) },
    { label: m.checks_copy_host(), value: server && `${serverText(server)}, ${server.security}`, mono: true },
    { label: m.checks_copy_result(), value: check?.detail },
    { label: m.checks_copy_says(), value: check?.server_says, mono: true },
    { label: m.checks_copy_challenge(), value: check?.challenge, mono: true },
    { label: m.checks_copy_took(), value: check === null ? null : took(check.ms) },
  ];
  return facts.flatMap(({ value, ...fact }) => (value ? [{ ...fact, value }] : []));
}
