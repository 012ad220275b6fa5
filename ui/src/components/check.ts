import { m } from '../paraglide/messages';

/** How far one check of a test is. */
export type CheckState = 'waiting' | 'running' | 'passed' | 'failed' | 'skipped' | 'unchecked' | 'stopped';

const words: Record<CheckState, () => string> = {
  waiting: m.check_waiting,
  running: m.check_running,
  passed: m.check_passed,
  failed: m.check_failed,
  skipped: m.check_skipped,
  unchecked: m.check_unchecked,
  stopped: m.check_stopped,
};

/** The word for a state. */
export function checkWord(state: CheckState): string {
  return words[state]();
}

/** A duration as people read it: milliseconds below a second, else seconds; whole ones while it still runs. */
export function took(ms: number, whole = false): string {
  if (ms < 1000 && !whole) return m.time_ms({ ms: Math.round(ms) });
  const seconds = whole ? Math.floor(ms / 1000) : Math.round(ms / 100) / 10;
  return m.time_s({ seconds });
}
