import type { Icon } from './icon';

/** One step of a set-up. */
export interface Step {
  id: string;
  label: string;
  state: 'done' | 'current' | 'failed' | 'later';
  /** What was chosen, or how it stands, in a few words. */
  value?: string | undefined;
  /** The icon of a step of “Put it to use”; those have no number. */
  after?: Icon | undefined;
  /** A failed step that is the one shown. */
  current?: boolean | undefined;
}

/** Whether a step is the one that the page shows. */
export const isCurrent = (step: Step) => step.state === 'current' || step.current === true;
