import { m } from '../../paraglide/messages';
import { askedFor } from '../approval/words';
import type { SignInFlow } from './flow.svelte';
import { ownerAtStart, ownerOf } from './words';

/** The heading of the page. */
export function titleOf(flow: SignInFlow): string {
  if (flow.view === 'different-account') return m.sign_in_title_different();
  if (withCode(flow)) return m.sign_in_title_code();
  if (flow.view === 'approval' || flow.view === 'approving') return m.approval_title();
  const { address, person, shared } = flow.subject;
  if (shared && address !== null) return m.sign_in_title_shared({ address });
  return person === null ? m.sign_in_title_anybody() : m.sign_in_title({ person });
}

/** The sentence below it. */
export function leadOf(flow: SignInFlow): string {
  const { provider } = flow.subject;
  if (withCode(flow)) return m.sign_in_lead_code();
  switch (flow.view) {
    case 'approval':
    case 'approving':
      return askedFor(flow.approval.info);
    case 'different-account':
      return m.sign_in_lead_different();
    case 'not-ready':
      return flow.session.state === 'failed' ? m.sign_in_lead_nothing_saved() : m.sign_in_lead_not_opened();
    case 'failed':
      return m.sign_in_lead_nothing_saved();
    case 'waiting':
      if (flow.session.route === 'paste') return m.sign_in_lead_paste({ owner: ownerOf(provider) });
      return flow.session.opened
        ? m.sign_in_lead_waiting({ owner: ownerAtStart(provider) })
        : m.sign_in_lead_link({ owner: ownerOf(provider) });
    default:
      return m.sign_in_lead_before({ owner: ownerOf(provider) });
  }
}

/** A code is shown, or on its way. */
function withCode({ session }: SignInFlow): boolean {
  return session.route === 'code' && session.running;
}

/** How the step stands, in a few words, for the list of steps. */
export function stepValueOf(flow: SignInFlow): string {
  switch (flow.view) {
    case 'approval':
    case 'approving':
      return flow.approval.way === 'ask' ? m.status_waiting_for_admin() : m.approval_value_first();
    case 'before':
      return m.sign_in_value_before();
    case 'starting':
    case 'waiting':
    case 'code':
      return m.sign_in_value_waiting();
    case 'queued':
      return m.sign_in_value_queued();
    case 'finishing':
      return m.sign_in_value_finishing();
    case 'different-account':
      return m.sign_in_value_different();
    case 'not-ready':
      return m.sign_in_value_not_ready();
    case 'failed':
      return m.sign_in_value_failed();
    case 'done':
      return flow.session.expected ? (flow.subject.person ?? '') : '';
  }
}
