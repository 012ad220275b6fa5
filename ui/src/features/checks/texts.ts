import { took } from '../../components/check';
import { m } from '../../paraglide/messages';
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

/** What a proof word means. */
const proofs: Record<string, () => { title: string; text: string }> = {
  login: () => ({ title: m.checks_proof_login(), text: m.checks_proof_login_text() }),
  envelope: () => ({ title: m.checks_proof_envelope(), text: m.checks_proof_envelope_text() }),
  message: () => ({ title: m.checks_proof_message(), text: m.checks_proof_message_text() }),
  arrived: () => ({ title: m.checks_proof_message(), text: m.checks_proof_arrived_text() }),
};

/** How far a test got, in words; nothing where nobody got in. */
export function proofText(proof: string | null): { title: string; text: string } | undefined {
  return proof === null ? undefined : proofs[proof]?.();
}
