import { m } from '../../paraglide/messages';
import type { StepId } from './forms';

const helps: Record<StepId, () => { title: string; texts: string[] }> = {
  address: () => ({
    title: m.setup_help_address(),
    texts: [m.setup_help_address_1(), m.setup_help_address_2(), m.setup_help_address_3()],
  }),
  confirm: () => ({
    title: m.setup_help_confirm(),
    texts: [m.setup_help_confirm_1(), m.setup_help_confirm_2(), m.setup_help_confirm_3()],
  }),
  'sign-in': () => ({
    title: m.setup_help_sign_in(),
    texts: [m.setup_help_sign_in_1(), m.setup_help_sign_in_2(), m.setup_help_sign_in_3()],
  }),
  checks: () => ({
    title: m.setup_help_checks(),
    texts: [m.setup_help_checks_1(), m.setup_help_checks_2(), m.setup_help_checks_3()],
  }),
  folders: () => ({
    title: m.setup_help_folders(),
    texts: [m.setup_help_folders_1(), m.setup_help_folders_2()],
  }),
  done: () => ({ title: m.setup_help_done(), texts: [m.setup_help_done_1(), m.setup_help_done_2()] }),
};

/** A few sentences about a step. */
export function helpOf(step: StepId): { title: string; texts: string[] } {
  return helps[step]();
}
