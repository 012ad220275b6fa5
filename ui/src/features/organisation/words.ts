import CircleCheck from '@lucide/svelte/icons/circle-check';
import CircleDashed from '@lucide/svelte/icons/circle-dashed';
import Minus from '@lucide/svelte/icons/minus';
import TriangleAlert from '@lucide/svelte/icons/triangle-alert';
import type { Organisation } from '../../bindings/Organisation';
import type { OrganisationCheck } from '../../bindings/OrganisationCheck';
import type { OrganisationCommand } from '../../bindings/OrganisationCommand';
import type { Icon } from '../../components/icon';
import { m } from '../../paraglide/messages';

interface Shown {
  text: () => string;
  icon: Icon;
  colour: 'ok' | 'attention' | 'mute';
}

const unknown: Shown = { text: m.organisation_outcome_unchecked, icon: CircleDashed, colour: 'mute' };

const outcomes: Record<string, Shown> = {
  passed: { text: m.organisation_outcome_passed, icon: CircleCheck, colour: 'ok' },
  failed: { text: m.organisation_outcome_failed, icon: TriangleAlert, colour: 'attention' },
  skipped: { text: m.organisation_outcome_skipped, icon: Minus, colour: 'mute' },
  unchecked: unknown,
};

/** How an outcome is drawn: word, icon and colour. */
export const outcomeShown = (outcome: string): Shown => outcomes[outcome] ?? unknown;

const bases: Record<string, () => string> = {
  seen: m.organisation_basis_seen,
  pasted: m.organisation_basis_pasted,
  mixed: m.organisation_basis_mixed,
};

/** What an outcome rests on. */
export const basisText = (basis: string): string => (bases[basis] ?? m.organisation_basis_not_seen)();

export const count = (all: Organisation, outcome: string): number =>
  all.checks.filter((check) => check.outcome === outcome).length;

/** “1 to change, 2 not known” */
export const countsText = (all: Organisation): string =>
  m.organisation_counts({ failed: count(all, 'failed'), unknown: count(all, 'unchecked') });

/** How long a change may take; nothing where it takes no time. */
export function waitText(minutes: number): string | undefined {
  if (minutes === 0) return undefined;
  const hours = minutes / 60;
  return Number.isInteger(hours)
    ? m.organisation_wait_hours({ count: hours })
    : m.organisation_wait_minutes({ minutes });
}

/** How much of a pasted text was understood. */
export function understoodText(all: Organisation): string {
  const { pasted } = all;
  if (pasted === null || pasted.understood === 0) return m.organisation_read_none();
  const read = m.organisation_read({ count: pasted.understood });
  return pasted.others === 0 ? read : `${read} ${m.organisation_read_others({ count: pasted.others })}`;
}

/** What is said after a text was read. */
export const readText = (all: Organisation): string =>
  m.organisation_said({
    read: understoodText(all),
    failed: count(all, 'failed'),
    unknown: count(all, 'unchecked'),
  });

/** A change and the command right after it, which takes it back. */
export interface Change {
  change: OrganisationCommand;
  reverse: OrganisationCommand | undefined;
}

export const commandsOf = (check: OrganisationCheck, kind: string): OrganisationCommand[] =>
  check.commands.filter((command) => command.kind === kind);

export function changesOf(check: OrganisationCheck): Change[] {
  return check.commands.flatMap((change, at) => {
    if (change.kind !== 'change') return [];
    const next = check.commands[at + 1];
    return [{ change, reverse: next?.kind === 'reverse' ? next : undefined }];
  });
}

/** The mailboxes that a command is for, as far as they fit into a line. */
export function mailboxesText(mailboxes: readonly string[]): string {
  const most = 3;
  const names = mailboxes.slice(0, most).join(', ');
  if (mailboxes.length <= most) return names;
  return m.organisation_and_more({ names, count: mailboxes.length - most });
}

/** Everything for the administrator: the commands that look, then each change that is known to be needed. */
export function messageText(all: Organisation): string {
  const parts = [
    m.organisation_message_intro({
      organisation: all.organisation ?? all.registration,
      name: all.registration,
    }),
    all.look.map(({ command }) => command).join('\n'),
  ];
  for (const check of all.checks.filter(({ outcome }) => outcome === 'failed')) {
    const { title, detail, who } = check;
    const lines: string[] = [m.organisation_message_change({ title, detail, who }), ...check.steps];
    for (const { change, reverse } of changesOf(check)) {
      lines.push(m.organisation_message_change_line({ command: change.command }));
      if (reverse) lines.push(m.organisation_message_reverse_line({ command: reverse.command }));
    }
    parts.push(lines.join('\n'));
  }
  return parts.filter((part) => part !== '').join('\n\n');
}

/** Diagnoses that an organisation's switches are the cause of. */
const bySwitches = ['smtp-auth-off-tenant', 'smtp-auth-off-mailbox', 'smtp-secdefaults'];

/** Whether the switches are where a problem is looked into. */
export const isOfSwitches = (verdict: string | undefined): boolean =>
  verdict !== undefined && bySwitches.includes(verdict);
