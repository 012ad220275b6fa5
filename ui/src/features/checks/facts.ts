import type { ConversationInfo } from '../../bindings/ConversationInfo';
import type { EndpointInfo } from '../../bindings/EndpointInfo';
import { took } from '../../components/check';
import { m } from '../../paraglide/messages';
import { moment } from './format';
import type { Row } from './ladder';

/** What is said beside the check itself. */
export interface Around {
  address: string;
  servers: readonly EndpointInfo[];
  /** When the test began. */
  started: string | null;
  /** The whole ladder: what passed before a failure says how far it got. */
  rows: readonly Row[];
  /** What was said with the servers, where it is known. */
  spoken?: readonly ConversationInfo[];
}

/** One technical detail. */
export interface Fact {
  label: string;
  value: string;
  mono?: boolean;
  copy?: boolean;
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

/** What was said with the server that this check is about; empty where that is not known. */
export function spokenIn(row: Row, around: Around): readonly string[] {
  if (row.protocol === null) return [];
  return around.spoken?.find(({ protocol }) => protocol === row.protocol)?.lines ?? [];
}

const before: Record<string, () => string> = {
  resolve: m.checks_fact_addresses,
  connect: m.checks_fact_connection,
  tls: m.checks_fact_protection,
};

/** Addresses, connection and protection, as the checks before this one found them. */
function foundBefore(row: Row, rows: readonly Row[]): { label: string; value: string | undefined }[] {
  if (row.protocol === null) return [];
  const own = rows.filter((other) => other.protocol === row.protocol && other.key !== row.key);
  return Object.entries(before).map(([id, label]) => ({
    label: label(),
    value: own.find((other) => other.id === id && other.state === 'passed')?.check?.detail,
  }));
}

/** The technical details of a finished check, without secrets. */
export function factsOf(row: Row, around: Around): Fact[] {
  const { check } = row;
  const at = row.ended ?? around.started;
  const server = serverOf(around.servers, row.protocol);
  const facts: (Omit<Fact, 'value'> & { value: string | null | undefined })[] = [
    { label: m.checks_copy_time(), value: at === null ? null : moment(at) },
    {
      label: m.checks_copy_host(),
      value: server && `${serverText(server)}, ${server.security.toUpperCase()}`,
      mono: true,
    },
    ...foundBefore(row, around.rows),
    { label: m.checks_copy_result(), value: check?.detail },
    { label: m.checks_copy_says(), value: check?.server_says, mono: true },
    { label: m.checks_copy_challenge(), value: check?.challenge, mono: true },
    { label: m.checks_fact_instead(), value: check?.works_instead.join(', '), mono: true },
    { label: m.checks_copy_took(), value: check === null ? null : took(check.ms) },
    { label: m.checks_error_id(), value: row.errorId, mono: true, copy: true },
  ];
  return facts.flatMap(({ value, ...fact }) => (value ? [{ ...fact, value }] : []));
}
