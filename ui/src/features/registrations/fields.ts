import type { RegistrationDetails } from '../../bindings/RegistrationDetails';
import type { RegistrationForm } from '../../bindings/RegistrationForm';

export const providers = ['microsoft', 'google', 'custom'] as const;
export type Provider = (typeof providers)[number];

export const clouds = ['global', 'gcc-high', 'dod', 'china', 'custom'] as const;

export function emptyForm(): RegistrationForm {
  return {
    name: '',
    provider: 'microsoft',
    client_id: '',
    tenant: '',
    cloud: 'global',
    authority: '',
    authorize_url: '',
    token_url: '',
    device_url: '',
    revoke_url: '',
    redirect_uri: '',
    scopes: [],
    secret_expires: '',
    publishing: '',
  };
}

/** Whether a redirect address leaves the port open: the host shows it without one then. */
export function isAnyPort(redirect: string): boolean {
  return /^(http:\/\/(localhost|127\.0\.0\.1|\[::1\])\/?)?$/.test(redirect.trim());
}

/** What is entered at the provider where any port of this computer is meant. */
export function openRedirect(provider: string): string {
  return provider === 'google' ? 'http://127.0.0.1' : 'http://localhost';
}

/** The fields of a saved registration. */
export function formOf(details: RegistrationDetails): RegistrationForm {
  return {
    name: details.name,
    provider: details.provider,
    client_id: details.client_id,
    tenant: details.tenant ?? '',
    cloud: details.cloud,
    authority: details.authority ?? '',
    authorize_url: details.authorize_url ?? '',
    token_url: details.token_url ?? '',
    device_url: details.device_url ?? '',
    revoke_url: details.revoke_url ?? '',
    redirect_uri: isAnyPort(details.redirect_uri) ? '' : details.redirect_uri,
    scopes: details.scopes,
    secret_expires: details.secret_expires ?? '',
    publishing: details.publishing ?? '',
  };
}

/** What is sent: fields that the provider does not have are empty, so that nothing unseen is saved. */
export function sentForm(form: RegistrationForm, anyPort: boolean, scopes: string): RegistrationForm {
  const microsoft = form.provider === 'microsoft';
  const own = form.provider === 'custom';
  return {
    ...form,
    tenant: microsoft ? form.tenant : '',
    cloud: microsoft ? form.cloud : 'global',
    authority: own || microsoft ? form.authority : '',
    authorize_url: own ? form.authorize_url : '',
    token_url: own ? form.token_url : '',
    device_url: own ? form.device_url : '',
    revoke_url: own ? form.revoke_url : '',
    redirect_uri: anyPort ? '' : form.redirect_uri,
    scopes: scopes.split(/[\s,]+/).filter(Boolean),
  };
}

/** Whole days until a day; negative when it is past, nothing when it is no day. */
export function daysLeft(day: string, now = new Date()): number | undefined {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day.trim());
  if (parts === null) return undefined;
  const [year, month, date] = parts.slice(1).map(Number);
  const end = Date.UTC(year ?? 0, (month ?? 1) - 1, date ?? 1);
  if (new Date(end).toISOString().slice(0, 10) !== day.trim()) return undefined;
  const today = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
  return Math.round((end - today) / 86_400_000);
}

/** The day (`YYYY-MM-DD`) of a moment where this computer is. */
export function localDay(moment: string): string {
  const at = new Date(moment);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${String(at.getFullYear())}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** From how many days on the end of a secret or certificate is a warning. */
export const endsSoon = 60;
