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
    mailboxes: [],
    ...replaced,
  };
}
