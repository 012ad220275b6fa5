import { m } from '../../paraglide/messages';

/**
 * What is wrong with an address, in a sentence. While somebody types, only what no further letter can mend is said.
 */
export function addressFault(text: string, complete: boolean): string | undefined {
  const address = text.trim();
  if (/\s/.test(address)) return m.setup_address_spaces();
  const parts = address.split('@');
  if (parts.length > 2) return m.setup_address_two_ats();
  if (!complete) return undefined;
  if (address === '') return m.setup_address_missing();
  const [name = '', domain = ''] = parts;
  const whole = name !== '' && /^[^.]+(\.[^.]+)+$/.test(domain);
  return whole ? undefined : m.setup_address_form();
}
