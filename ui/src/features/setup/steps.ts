import Folder from '@lucide/svelte/icons/folder';
import type { Step } from '../../components/stepper';
import { m } from '../../paraglide/messages';
import { readingOf, reported, sendingOf, tally } from '../checks/ladder';
import { providerName } from '../sign-in/words';
import { hasFolders, stepIds, wantsPassword, type StepId } from './forms';
import type { SetupState } from './setup.svelte';

const labels: Record<Exclude<StepId, 'done'>, () => string> = {
  address: m.setup_step_address,
  confirm: m.setup_step_confirm,
  'sign-in': m.setup_step_sign_in,
  checks: m.setup_step_checks,
  folders: m.setup_step_folders,
};

/** How the shown step stands, where its page knows it better. */
export interface Now {
  value?: string | undefined;
  failed?: boolean | undefined;
}

/** The list of steps: what is done with its value, what is now, what comes. */
export function stepsOf(setup: SetupState, now: Now = {}): Step[] {
  const present = stepIds.indexOf(setup.step);
  const missing: StepId[] = [
    'done',
    ...(hasFolders(setup.form) ? [] : (['folders'] as const)),
    ...(wantsPassword(setup.form) ? (['sign-in'] as const) : []), // it is entered with the servers
  ];
  const shown = stepIds.filter((id) => !missing.includes(id));
  return shown.map((id): Step => {
    const index = stepIds.indexOf(id);
    const step = {
      id,
      label: labels[id as Exclude<StepId, 'done'>](),
      ...(id === 'folders' ? { after: Folder } : {}),
    };
    if (index > present) return { ...step, state: 'later' };
    if (index === present) {
      return { ...step, state: now.failed ? 'failed' : 'current', current: true, value: now.value };
    }
    return {
      ...step,
      state: id === 'checks' && checksFailed(setup) ? 'failed' : 'done',
      value: valueOf(setup, id),
    };
  });
}

/** What was chosen in a step that is done. */
function valueOf(setup: SetupState, id: StepId): string | undefined {
  switch (id) {
    case 'address':
      return setup.form.address.trim();
    case 'confirm':
      return providerName(setup.page?.home.provider ?? setup.finder.found?.detected.provider ?? null);
    case 'sign-in':
      if (setup.form.who_signs_in === 'nobody') return m.access_nobody();
      return setup.page?.home.signed_in_as ?? setup.signedInAs ?? undefined;
    case 'checks':
      return checksValue(setup);
    case 'folders':
      return m.setup_value_folders();
    case 'done':
      return undefined;
  }
}

function checksFailed(setup: SetupState): boolean {
  return setup.report !== null && tally(reported([], setup.report)).failed > 0;
}

function checksValue({ report }: SetupState): string | undefined {
  if (report === null) return undefined;
  const rows = reported([], report);
  const works = { sends: sendingOf(rows) === 'works', receives: readingOf(rows) === 'works' };
  if (works.sends && works.receives) return m.setup_value_both();
  if (works.sends) return m.setup_value_sends();
  return works.receives ? m.setup_value_receives() : m.setup_value_failed();
}
