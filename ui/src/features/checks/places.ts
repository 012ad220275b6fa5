/** A place of a server in words: `mail.firma.nl:993:tls` is host, port and “TLS”. An address of IPv6 has brackets. */
export function placeOf(place: string): { host: string; port: string; mode: string } {
  const parts = /^(.*):(\d+):([\w-]+)$/.exec(place);
  if (parts === null) return { host: place, port: '', mode: '' };
  const [, host = place, port = '', mode = ''] = parts;
  return { host, port, mode: mode.toUpperCase() };
}
