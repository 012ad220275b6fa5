import type { VerdictInfo } from '../../bindings/VerdictInfo';
import { took } from '../../components/check';
import { whoShown } from '../../components/who';
import { m } from '../../paraglide/messages';
import { factsOf, spokenIn, type Around } from './facts';
import { moment } from './format';
import type { Row } from './ladder';
import { checkName, columnName } from './names';

function line(label: string, text: string | null | undefined): string[] {
  return text === null || text === undefined || text === '' ? [] : [`${label}: ${text}`];
}

/** A diagnosis as plain text. */
export function verdictText(verdict: VerdictInfo): string {
  return [
    verdict.title,
    verdict.what,
    ...(verdict.still_works === null ? [] : [verdict.still_works]),
    '',
    ...line(m.checks_copy_who(), whoShown(verdict.who).text()),
    m.checks_copy_steps(),
    ...verdict.steps.map((step, index) => `${String(index + 1)}. ${step}`),
    ...line(m.checks_copy_command(), verdict.command),
    ...line(m.checks_copy_reverse(), verdict.reverse),
    ...line(m.checks_copy_link(), verdict.link),
  ].join('\n');
}

function facts(row: Row, around: Around): string[] {
  return [
    ...line(m.checks_copy_mailbox(), around.address),
    ...line(
      m.checks_copy_check(),
      `${columnName(row.protocol)}, ${checkName(row.id, row.protocol, row.about)}`,
    ),
    ...factsOf(row, around).map(({ label, value }) => `${label}: ${value}`),
  ];
}

/** A message that an administrator can act on without this window. */
export function forAdministrator(row: Row, around: Around): string {
  const verdict = row.check?.verdict;
  return [
    m.checks_copy_hello({ address: around.address }),
    '',
    ...(verdict ? [verdictText(verdict), ''] : []),
    ...facts(row, around),
  ].join('\n');
}

/** Everything that is known about a failed check, without secrets. */
export function details(row: Row, around: Around): string {
  const { check } = row;
  const spoken = spokenIn(row, around);
  return [
    ...facts(row, around),
    ...(check?.verdict
      ? ['', verdictText(check.verdict), ...line(m.checks_copy_id(), check.verdict.id)]
      : []),
    ...(spoken.length > 0 ? ['', `${m.checks_spoken()}:`, ...spoken] : []),
  ].join('\n');
}

/** The whole result as plain text, one check per line. */
export function result(rows: readonly Row[], around: Around): string {
  const words = rows.map((row) => {
    const time = row.check === null || row.state === 'skipped' ? '' : `, ${took(row.check.ms)}`;
    const name = `${columnName(row.protocol)}, ${checkName(row.id, row.protocol, row.about)}`;
    return `${String(row.no)}. ${name}: ${row.check?.detail ?? stateText(row.state)}${time}`;
  });
  const failed = rows.filter((row) => row.check?.verdict).map((row) => details(row, around));
  return [
    ...line(m.checks_copy_mailbox(), around.address),
    ...line(m.checks_copy_time(), around.started === null ? null : moment(around.started)),
    ...words,
    ...failed.flatMap((text) => ['', text]),
  ].join('\n');
}

function stateText(state: Row['state']): string {
  return state === 'stopped' ? m.checks_stopped_word() : m.checks_not_run_word();
}
