import type { ServerForm } from '../../bindings/ServerForm';
import { m } from '../../paraglide/messages';
import { wayName } from '../../protocols';
import { providerName } from '../sign-in/words';
import { domainOf, isAsKnown, protocolsOf, sendsWith, serversOf } from './forms';
import type { SetupState } from './setup.svelte';

/** The provider of the address, as a name. */
export function foundName(setup: SetupState): string {
  const { found } = setup.finder;
  if (setup.form.manual && isAsKnown(setup.form, found)) return m.setup_own_servers();
  return found === null ? m.setup_nothing_known() : providerName(found.detected.provider);
}

const places: Record<string, (values: { domain: string }) => string> = {
  mx: m.setup_found_mx,
  domain: m.setup_found_domain,
  autodiscover: m.setup_found_autodiscover,
  autoconfig: m.setup_found_autoconfig,
  srv: m.setup_found_srv,
  database: m.setup_found_database,
  spf: m.setup_found_spf,
  tenant: m.setup_found_tenant,
};

/** Where that was found, in a sentence. */
export function foundText(setup: SetupState): string {
  const { found } = setup.finder;
  const domain = domainOf(setup.form.address);
  if (found === null) return m.setup_nothing_known_text();
  if (found.known && isAsKnown(setup.form, found)) return m.setup_found_known({ address: found.known.from });
  const { detected } = found;
  if (detected.provider === 'custom') {
    const named = [...detected.incoming, ...detected.outgoing];
    const list = named.map(({ protocol, host, port }) => `${protocol.toUpperCase()} ${host}:${String(port)}`);
    return m.setup_found_named({ domain, list: list.join(', ') });
  }
  const text = places[detected.source ?? ''] ?? m.setup_found_nothing;
  return text({ domain });
}

const securities: Record<string, () => string> = {
  auto: m.setup_security_auto,
  tls: m.setup_security_tls,
  starttls: m.setup_security_starttls,
  plain: m.setup_security_plain,
};

export function securityName(word: string): string {
  return securities[word]?.() ?? word;
}

/** The servers that will be used, as facts. */
export function serverLines({ form, finder }: SetupState): { label: string; value: string; mono: true }[] {
  const detected = finder.found === null ? null : serversOf(finder.found.detected);
  const servers = form.manual || detected === null ? form : detected;
  const used = protocolsOf(form);
  const line = (label: string, server: ServerForm) => ({
    label,
    value: m.setup_server_line({
      host: server.host,
      port: server.port,
      security: securityName(server.security),
    }),
    mono: true as const,
  });
  const way = sendsWith(form);
  return [
    ...(form.send && way !== 'smtp'
      ? [{ label: m.setup_outgoing(), value: wayName(way), mono: true as const }]
      : []),
    ...(['smtp', 'imap', 'pop3'] as const)
      .filter((protocol) => used.includes(protocol) && servers[protocol].host !== '')
      .map((protocol) =>
        line(protocol === 'smtp' ? m.setup_outgoing() : m.setup_incoming(), servers[protocol]),
      ),
  ];
}
