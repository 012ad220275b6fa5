// What is registered here: tenants, app registrations, resources. Users come with the configuration.
import crypto from 'node:crypto';

export const OUTLOOK = 'https://outlook.office.com';
/** What an app without a person asks for. */
export const OUTLOOK_APP = 'https://outlook.office365.com';
export const GRAPH = 'https://graph.microsoft.com';
export const OP_MAIL = 'https://mail.lab.test';
export const GMAIL = 'https://mail.google.com';

/** Resource -> the scopes it knows, written as clients ask for them. */
export const resources = {
  [OUTLOOK]: ['IMAP.AccessAsUser.All', 'POP.AccessAsUser.All', 'SMTP.Send', '.default'].map((s) => `${OUTLOOK}/${s}`),
  [OUTLOOK_APP]: [`${OUTLOOK_APP}/.default`],
  [GRAPH]: ['User.Read', 'Mail.Send', 'Mail.ReadWrite', '.default'].map((s) => `${GRAPH}/${s}`),
};

/** What Google's permissions for mail are called; both are for the same servers. */
export const googleScopes = [`${GMAIL}/`, 'https://www.googleapis.com/auth/gmail.send'];

/**
 * `microsoft` tenants have Entra's paths, errors and habits. `keepRefreshTokens`: a used refresh token stays
 * good, as Entra documents; without it a second use ends the whole family. `opaque`: an access token says nothing by
 * itself; mail servers ask about it (RFC 7662). `needsApproval`: only an administrator may consent,
 * for everybody. `google`: Google's paths, issuer and permissions. `appRoles`: what the tenant's administrator has
 * approved for apps that nobody signs in to.
 */
export const tenants = {
  contoso: { microsoft: true, tid: '5f1b2c3d-0001-4000-8000-0000000000c0', keepRefreshTokens: true, accessTokenSeconds: 3600, appRoles: ['IMAP.AccessAsApp', 'SMTP.SendAsApp'] },
  strict: { microsoft: true, tid: '5f1b2c3d-0001-4000-8000-0000000000c1', keepRefreshTokens: false, accessTokenSeconds: 3600 },
  short: { microsoft: true, tid: '5f1b2c3d-0001-4000-8000-0000000000c2', keepRefreshTokens: true, accessTokenSeconds: 2 },
  guarded: { microsoft: true, tid: '5f1b2c3d-0001-4000-8000-0000000000c3', keepRefreshTokens: true, accessTokenSeconds: 3600, needsApproval: true },
  op: { microsoft: false, tid: 'op', keepRefreshTokens: false, accessTokenSeconds: 3600 },
  opaque: { microsoft: false, tid: 'opaque', keepRefreshTokens: false, accessTokenSeconds: 3600, opaque: true },
  google: { microsoft: false, google: true, issuer: 'https://accounts.google.com', tid: 'google', keepRefreshTokens: true, accessTokenSeconds: 3600 },
};

/** What Entra's OpenID configuration says about where an organisation is. */
const worldwide = { tenant_region_scope: 'EU', cloud_instance_name: 'microsoftonline.com', cloud_graph_host_name: 'graph.windows.net', msgraph_host: 'graph.microsoft.com', rbac_url: 'https://pas.windows.net' };
const government = { ...worldwide, tenant_region_scope: 'USGov', cloud_instance_name: 'microsoftonline.us' };

/** Domains of organisations in other regions and clouds; all are the same tenant here. */
export const regions = {
  'gcc.test': { ...worldwide, tenant_region_scope: 'NA', tenant_region_sub_scope: 'GCC' },
  'gcc-high.test': { ...government, tenant_region_sub_scope: 'DODCON', msgraph_host: 'graph.microsoft.us' },
  'dod.test': { ...government, tenant_region_sub_scope: 'DOD', msgraph_host: 'dod-graph.microsoft.us' },
  'new-cloud.test': { ...worldwide, cloud_instance_name: 'microsoftonline.example' },
};

export const regionOf = (segment) => regions[segment] || worldwide;

/** Domains that are only known in another national cloud, and its name. */
export const elsewhere = { 'china.test': 'MicrosoftOnline.CN' };

const aliases = { common: 'contoso', organizations: 'contoso', 'contoso.onmicrosoft.com': 'contoso', 'lab.test': 'contoso', 'contoso-mail.test': 'contoso', 'fabrikam.test': 'strict' };

/** The tenant behind the first path segment: its name, its GUID, or one of its domains. */
export function tenantNamed(segment) {
  if (tenants[segment]) return segment;
  if (aliases[segment]) return aliases[segment];
  if (regions[segment]) return 'contoso';
  return Object.keys(tenants).find((name) => tenants[name].microsoft && tenants[name].tid === segment);
}

const CODE = 'authorization_code';
const REFRESH = 'refresh_token';
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const loopback = ['localhost', '127.0.0.1', '[::1]'].flatMap((host) =>
  ['', '/', '/callback'].map((path) => `http://${host}${path}`));

export const clients = [
  { client_id: '11111111-1111-4111-8111-111111111111', client_name: 'Mailwright (public)', token_endpoint_auth_method: 'none',
    grant_types: [CODE, REFRESH, DEVICE], redirect_uris: loopback },
  // A secret with `~`, as Entra makes them: it must survive form encoding.
  { client_id: '22222222-2222-4222-8222-222222222222', client_name: 'Mailwright (confidential)', token_endpoint_auth_method: 'client_secret_post',
    client_secret: 'Lab8Q~secret.with_tilde~and-dots.0123456789', grant_types: [CODE, REFRESH, 'client_credentials'], redirect_uris: loopback },
  // Known, but without a redirect to this computer: what AADSTS50011 is about.
  { client_id: '33333333-3333-4333-8333-333333333333', client_name: 'Without loopback redirect', token_endpoint_auth_method: 'none',
    grant_types: [CODE, REFRESH], redirect_uris: ['http://localhost/another/path'] },
  // As an order system registers itself: platform “Web”, a secret, and a path; no other address comes back.
  { client_id: '44444444-4444-4444-8444-444444444444', client_name: 'Order system (Web)', token_endpoint_auth_method: 'client_secret_post',
    client_secret: 'Web8Q~secret.with_tilde~and-dots.9876543210', grant_types: [CODE, REFRESH], redirect_uris: ['http://localhost/iche_demo/Handler'] },
  // Its redirect stands under “Single-page application”.
  { client_id: '55555555-5555-4555-8555-555555555555', client_name: 'Page in a browser (SPA)', token_endpoint_auth_method: 'none',
    grant_types: [CODE, REFRESH], redirect_uris: loopback },
  // Its secret was right until it ended.
  { client_id: '66666666-6666-4666-8666-666666666666', client_name: 'Expired secret', token_endpoint_auth_method: 'client_secret_post',
    client_secret: 'Old8Q~secret.with_tilde~and-dots.0123456789', client_secret_expires_at: 1, grant_types: [CODE, REFRESH, 'client_credentials'], redirect_uris: loopback },
  { client_id: '77777777-7777-4777-8777-777777777777', client_name: 'Switched off', token_endpoint_auth_method: 'none',
    grant_types: [CODE, REFRESH, DEVICE], redirect_uris: loopback },
  // Proves itself with a certificate, as an app or for a person; its key is made at the start.
  { client_id: '88888888-8888-4888-8888-888888888888', client_name: 'Mailwright (certificate)', token_endpoint_auth_method: 'private_key_jwt',
    grant_types: [CODE, REFRESH, 'client_credentials'], redirect_uris: loopback },
  // As Google makes them for “Desktop app”: with a secret that is none.
  { client_id: '1-lab.apps.googleusercontent.com', client_name: 'Mailwright (Google)', token_endpoint_auth_method: 'client_secret_post',
    client_secret: 'GOCSPX-lab_0123456789', grant_types: [CODE, REFRESH], redirect_uris: loopback },
].map((client) => ({ application_type: 'native', response_types: ['code'], ...client }));

/** Clients whose codes only a page in a browser may redeem. */
export const singlePage = new Set(['55555555-5555-4555-8555-555555555555']);


/** Clients that an administrator has disabled in the organisation. */
export const switchedOff = new Set(['77777777-7777-4777-8777-777777777777']);

export const clientNamed = (id) => clients.find((client) => client.client_id === id);

/** A GUID that is always the same for the same words. */
export function guid(...words) {
  const hex = crypto.createHash('sha256').update(words.join('\0')).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Users by address and by subject; subject and object id differ, as they do at Entra. */
export class Users {
  constructor(list) {
    this.list = list.map((user) => ({ ...user, sub: guid('sub', user.address), oid: guid('oid', user.address) }));
  }

  byAddress(address) {
    const wanted = (address || '').trim().normalize('NFC').toLowerCase();
    return this.list.find((user) => user.address === wanted);
  }

  bySub(sub) {
    return this.list.find((user) => user.sub === sub);
  }
}

/** Whether a scope of a request exists. */
export const knownScope = (scope) => ['openid', 'profile', 'email', 'offline_access', ...Object.values(resources).flat()].includes(scope);

/** The resources named by a `scope` parameter, each once. */
export function resourcesIn(scope) {
  const named = (scope || '').split(' ').map((word) => Object.keys(resources).find((r) => word.startsWith(`${r}/`)));
  return [...new Set(named.filter(Boolean))];
}
