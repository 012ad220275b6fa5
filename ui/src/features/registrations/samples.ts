import type { CertificateInfo } from '../../bindings/CertificateInfo';
import type { RegistrationCheckInfo } from '../../bindings/RegistrationCheckInfo';
import type { RegistrationChecked } from '../../bindings/RegistrationChecked';
import type { RegistrationDetails } from '../../bindings/RegistrationDetails';

/** A registration for tests. */
export function registration(name: string, replaced: Partial<RegistrationDetails> = {}): RegistrationDetails {
  return {
    id: `id-${name}`,
    name,
    provider: 'microsoft',
    client_id: '11111111-2222-3333-4444-555555555555',
    tenant: 'example.org',
    cloud: 'global',
    not_confirmed: null,
    authority: null,
    authorize_url: null,
    token_url: null,
    device_url: null,
    revoke_url: null,
    redirect_uri: 'http://localhost',
    scopes: [],
    has_secret: false,
    secret_expires: null,
    publishing: null,
    certificate: null,
    mailboxes: [],
    last_check: null,
    ...replaced,
  };
}

/** A certificate for tests. */
export function certificate(replaced: Partial<CertificateInfo> = {}): CertificateInfo {
  return {
    subject: 'CN=ERP mail',
    thumbprint: 'F0E1D2C3B4A5968778695A4B3C2D1E0F00112233',
    x5t_s256: '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU',
    expires: '2099-12-31T12:00:00Z',
    ...replaced,
  };
}

/** One reading of a check. */
export function reading(id: string, replaced: Partial<RegistrationCheckInfo> = {}): RegistrationCheckInfo {
  return {
    id,
    outcome: 'passed',
    basis: 'asked',
    seen: '2026-11-20T10:00:00Z',
    ms: 12,
    detail: `Said about ${id}.`,
    verdict: null,
    ...replaced,
  };
}

/** A look at a registration. */
export function checked(name: string, ...checks: RegistrationCheckInfo[]): RegistrationChecked {
  return { id: `id-${name}`, name, checked: '2026-11-20T10:00:00Z', ms: 34, checks };
}
