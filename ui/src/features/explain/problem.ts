import type { Code } from '../../bindings/Code';
import type { HostError } from '../../host/gateway';
import { m } from '../../paraglide/messages';

/** A code of the host, or one of the two that arise on the way to it. */
export type ProblemCode = Code | 'cancelled' | 'unknown';

const titles: Record<ProblemCode, () => string> = {
  usage: () => m.explain_problem_usage(),
  'not-found': () => m.explain_problem_not_found(),
  conflict: () => m.explain_problem_conflict(),
  'needs-sign-in': () => m.explain_problem_needs_sign_in(),
  'needs-administrator': () => m.explain_problem_needs_administrator(),
  unreachable: () => m.explain_problem_unreachable(),
  keychain: () => m.explain_problem_keychain(),
  storage: () => m.explain_problem_storage(),
  failed: () => m.explain_problem_failed(),
  internal: () => m.explain_problem_internal(),
  cancelled: () => m.explain_problem_cancelled(),
  unknown: () => m.explain_problem_unknown(),
};

/** Codes whose own message says nothing to the person in front of the window. */
const speechless: ReadonlySet<string> = new Set(['internal', 'unknown', 'cancelled', 'not-found']);

export const problemCodes = Object.keys(titles) as ProblemCode[];

const known = (code: string): code is ProblemCode => code in titles;

/** What kind of failure it is, in one sentence. */
export function problemTitle(error: HostError): string {
  return titles[known(error.code) ? error.code : 'unknown']();
}

/** What exactly happened, in the host's sentences; nothing where those are for the makers of the program. */
export function problemText(error: HostError): string | undefined {
  if (!known(error.code) || speechless.has(error.code)) return undefined;
  const text = error.message.trim();
  return text === '' ? undefined : text;
}
