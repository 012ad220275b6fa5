import type { EndpointInfo } from '../../bindings/EndpointInfo';
import type { VerdictInfo } from '../../bindings/VerdictInfo';
import { took } from '../../components/check';
import { whoShown } from '../../components/who';
import { m } from '../../paraglide/messages';
import { moment } from './format';
import type { Row } from './ladder';
import { checkName, columnName } from './names';

/** What the copied texts say beside the check itself. */
export interface Around {
  address: string;
  servers: readonly EndpointInfo[];
  /** When the test began. */
  started: string | null;
}

/** “smtp.office365.com : 587”. */
export function serverText(server: EndpointInfo): string {
  return m.checks_server({ host: server.host, port: String(server.port) });
}

export function serverOf(
  servers: readonly EndpointInfo[],
  protocol: string | null,
): EndpointInfo | undefined {
  return servers.find((server) => server.protocol === protocol);
}

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
  const server = serverOf(around.servers, row.protocol);
  const at = row.ended ?? around.started;
  const { check } = row;
  return [
    ...line(m.checks_copy_mailbox(), around.address),
    ...line(m.checks_copy_time(), at === null ? null : moment(at)),
    ...line(m.checks_copy_check(), `${columnName(row.protocol)}, ${checkName(row.id, row.about)}`),
    ...line(
      m.checks_copy_host(),
      server === undefined ? null : `${serverText(server)}, ${server.security.toUpperCase()}`,
    ),
    ...line(m.checks_copy_result(), check?.detail),
    ...line(m.checks_copy_says(), check?.server_says),
    ...line(m.checks_copy_challenge(), check?.challenge),
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
  return [
    ...facts(row, around),
    ...line(m.checks_copy_took(), check === null ? null : took(check.ms)),
    ...(check?.verdict
      ? ['', verdictText(check.verdict), ...line(m.checks_copy_id(), check.verdict.id)]
      : []),
  ].join('\n');
}

/** The whole result as plain text, one check per line. */
export function result(rows: readonly Row[], around: Around): string {
  const words = rows.map((row) => {
    const time = row.check === null || row.state === 'skipped' ? '' : `, ${took(row.check.ms)}`;
    const name = `${columnName(row.protocol)}, ${checkName(row.id, row.about)}`;
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
