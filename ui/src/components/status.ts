import Archive from '@lucide/svelte/icons/archive';
import CircleCheck from '@lucide/svelte/icons/circle-check';
import CircleDashed from '@lucide/svelte/icons/circle-dashed';
import Contrast from '@lucide/svelte/icons/contrast';
import Hourglass from '@lucide/svelte/icons/hourglass';
import LoaderCircle from '@lucide/svelte/icons/loader-circle';
import OctagonX from '@lucide/svelte/icons/octagon-x';
import Shield from '@lucide/svelte/icons/shield';
import TriangleAlert from '@lucide/svelte/icons/triangle-alert';
import User from '@lucide/svelte/icons/user';
import { m } from '../paraglide/messages';
import type { Icon } from './icon';

/** The ten statuses of a mailbox: the same words in the window, the command line, reports and the interface. */
export const statuses = [
  'not-started',
  'waiting-for-you',
  'waiting-for-admin',
  'waiting-for-provider',
  'testing',
  'working',
  'partly-working',
  'needs-attention',
  'stopped',
  'retired',
] as const;

export type Status = (typeof statuses)[number];

interface Shown {
  text: () => string;
  icon: Icon;
  colour: 'mute' | 'info' | 'violet' | 'teal' | 'ok' | 'warn' | 'attention' | 'bad';
  /** Loses its fill where many statuses stand below each other. */
  quiet?: true;
}

const shown: Record<Status, Shown> = {
  'not-started': { text: m.status_not_started, icon: CircleDashed, colour: 'mute', quiet: true },
  'waiting-for-you': { text: m.status_waiting_for_you, icon: User, colour: 'info' },
  'waiting-for-admin': { text: m.status_waiting_for_admin, icon: Shield, colour: 'violet' },
  'waiting-for-provider': { text: m.status_waiting_for_provider, icon: Hourglass, colour: 'teal' },
  testing: { text: m.status_testing, icon: LoaderCircle, colour: 'info', quiet: true },
  working: { text: m.status_working, icon: CircleCheck, colour: 'ok', quiet: true },
  'partly-working': { text: m.status_partly_working, icon: Contrast, colour: 'warn' },
  'needs-attention': { text: m.status_needs_attention, icon: TriangleAlert, colour: 'attention' },
  stopped: { text: m.status_stopped, icon: OctagonX, colour: 'bad' },
  retired: { text: m.status_retired, icon: Archive, colour: 'mute', quiet: true },
};

/** How a status is drawn; a word that this version does not know is shown as it came. */
export function statusShown(status: string): Shown {
  const known = statuses.find((word) => word === status);
  return known === undefined ? { text: () => status, icon: CircleDashed, colour: 'mute' } : shown[known];
}

/** The word of a status. */
export function statusText(status: string): string {
  return statusShown(status).text();
}
