import { m } from '../../paraglide/messages';

const names: Record<string, () => string> = {
  keychain: m.computer_keychain,
  browser: m.computer_browser,
  'loopback-ipv4': m.computer_loopback_4,
  'loopback-ipv6': m.computer_loopback_6,
  localhost: m.computer_localhost,
  dns: m.computer_dns,
  proxy: m.computer_proxy,
  tls: m.computer_tls,
  clock: m.computer_clock,
};

/** What is looked at, in the order in which a sign-in needs it. */
export const findings: readonly string[] = Object.keys(names);

/** A finding in plain words; one that this version does not know keeps the host's word. */
export function findingName(id: string): string {
  return names[id]?.() ?? id;
}
