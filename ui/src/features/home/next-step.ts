import type { Ends } from '../../bindings/Ends';
import type { HomeLine } from '../../bindings/HomeLine';
import type { VerdictInfo } from '../../bindings/VerdictInfo';
import { whoShown } from '../../components/who';
import { m } from '../../paraglide/messages';
import { hasAccess, hasPassword, isSignedInTo, needsNobody } from '../access/access';
import { verdictText } from '../checks/copy';
import { dayText } from './words';

/** The one thing to do next with a mailbox. */
export type NextStep =
  'continue' | 'approve' | 'sign-in' | 'sign-in-again' | 'password' | 'copy' | 'test' | 'open';

/** The first sentence: what works and what does not. */
export function stateText(line: HomeLine): string {
  const { address, sending, reading } = line;
  if (line.status === 'retired') return m.home_state_retired({ address });
  if (line.status === 'waiting-for-you') {
    return hasPassword(line)
      ? m.home_state_wants_password({ address })
      : m.home_state_waiting_for_you({ address });
  }
  if (line.status === 'waiting-for-admin') return m.home_state_waiting_for_admin({ address });
  if (line.status === 'waiting-for-provider') return m.home_state_waiting_for_provider({ address });
  if (sending === 'failed' && reading === 'failed') return m.home_state_neither({ address });
  if (sending === 'failed')
    return reading === 'proven'
      ? m.home_state_reads_only({ address })
      : m.home_state_cannot_send({ address });
  if (reading === 'failed')
    return sending === 'proven'
      ? m.home_state_sends_only({ address })
      : m.home_state_cannot_read({ address });
  if (line.status === 'stopped') return m.home_state_stopped({ address });
  if (sending === 'proven' && reading === 'proven') return m.home_state_both({ address });
  if (sending === 'proven') return m.home_state_sends({ address });
  if (reading === 'proven') return m.home_state_reads({ address });
  return m.home_state_untested({ address });
}

/** The second sentence: why, and who must act; or what is to be done where nothing failed. */
export function reasonText(line: HomeLine): string | undefined {
  if (line.problem !== null) {
    const who = m.home_can_fix({ who: whoShown(line.problem.who).text() });
    return `${asSentence(line.problem.title)} ${who}`;
  }
  if (line.ends !== null) return endsText(line.ends);
  if (line.status === 'waiting-for-admin') return m.home_reason_approve();
  if (line.status === 'waiting-for-you') {
    return hasPassword(line) ? m.home_reason_password() : m.home_reason_sign_in();
  }
  if (line.status === 'not-started') return m.home_reason_test();
  return undefined;
}

/** What ends soon, in a sentence. */
export function endsText({ kind, on, days }: Ends): string {
  const what = (ended: (on: { on: string }) => string, ends: (on: { on: string }) => string) =>
    days <= 0 ? ended({ on: dayText(on) }) : ends({ on: dayText(on) });
  switch (kind) {
    case 'secret':
      return what(m.home_ended_secret, m.home_ends_secret);
    case 'certificate':
      return what(m.home_ended_certificate, m.home_ends_certificate);
    case 'google-testing':
      return what(m.home_ended_testing, m.home_ends_testing);
    case 'inactivity':
      return what(m.home_ended_inactivity, m.home_ends_inactivity);
    case 'announced':
      return m.home_ends_announced({ on: dayText(on) });
    default:
      return what(m.home_ended_frequency, m.home_ends_frequency);
  }
}

const asSentence = (text: string) => (/[.?]$/.test(text) ? text : `${text}.`);

const forOthers = ['administrator', 'consultant', 'network', 'provider', 'developer'];

/** What to do next (with a set-up that has no mailbox: go on with it); `open` where nothing is to be done. */
export function nextStep(line: HomeLine | null): NextStep {
  if (line?.setup !== null) return 'continue';
  if (line.status === 'retired') return 'open';
  if (line.status === 'waiting-for-admin' && line.problem === null && !needsNobody(line)) return 'approve';
  if (hasPassword(line) && line.status === 'waiting-for-you') return 'password';
  if (!hasAccess(line) || line.status === 'waiting-for-you') return 'sign-in';
  const who = line.problem?.who ?? '';
  if (forOthers.includes(who)) return who === 'provider' ? 'test' : 'copy';
  const serversFine = line.sending !== 'failed' && line.reading !== 'failed';
  if (isSignedInTo(line) && (line.status === 'stopped' || (who === 'you' && serversFine))) {
    return 'sign-in-again';
  }
  if (hasPassword(line) && line.status === 'stopped' && who === 'you') return 'password';
  return line.status === 'working' ? 'open' : 'test';
}

/** The text for somebody else who has to act, with nothing in it that they need to look up. */
export function forAdministrator(address: string, verdict: VerdictInfo): string {
  return `${m.home_copy_mailbox({ address })}\n\n${verdictText(verdict)}`;
}
