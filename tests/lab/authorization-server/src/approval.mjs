// The administrator's approval, in Entra's shape: `/{tenant}/v2.0/adminconsent`. An administrator signs in, sees what
// would be allowed for everybody, and accepts or cancels; anybody else is told that they may not approve.
import crypto from 'node:crypto';
import { clientNamed, knownScope, tenants } from './directory.mjs';
import { answeredForm, sendPage } from './interaction.mjs';
import { errorPage, mayNotApprovePage, organisationConsentPage, signInPage } from './pages.mjs';

const WRONG = 'Your account or password is incorrect. If you don’t remember your password, reset it now.';
const DECLINED = 'AADSTS65004: User declined to consent to access the app.';
const NOT_ALLOWED = 'AADSTS90093: Calling principal cannot consent due to lack of permissions.';

/** What was approved, per tenant and app: one map for the life of the server. */
export class Approvals {
  constructor() {
    this.scopes = new Map();
  }

  /** Whether everything asked for was approved for everybody in this tenant. */
  covers(tenant, clientId, scopes) {
    const approved = this.scopes.get(`${tenant} ${clientId}`);
    return Boolean(approved) && scopes.every((scope) => approved.has(scope));
  }

  approve(tenant, clientId, scopes) {
    const key = `${tenant} ${clientId}`;
    this.scopes.set(key, new Set([...(this.scopes.get(key) || []), ...scopes]));
  }

  withdraw(clientId) {
    for (const key of [...this.scopes.keys()]) if (key.endsWith(` ${clientId}`)) this.scopes.delete(key);
  }
}

/** A loopback address matches whatever its port (RFC 8252 section 7.3). */
function registered(client, uri) {
  try {
    const url = new URL(uri);
    url.port = '';
    const bare = (text) => text.replace(/\/$/u, '');
    return client.redirect_uris.some((known) => bare(known) === bare(url.href));
  } catch {
    return false;
  }
}

/** Why a request cannot be shown at all; Entra sends nobody back then. */
function unusable(query) {
  const id = query.get('client_id');
  const client = clientNamed(id);
  if (!client) return `AADSTS700016: Application with identifier '${id}' was not found in the directory 'Contoso'.`;
  const uri = query.get('redirect_uri');
  if (!registered(client, uri)) return `AADSTS50011: The redirect URI '${uri}' specified in the request does not match the redirect URIs configured for the application '${id}'.`;
  const scopes = (query.get('scope') || '').split(' ').filter(Boolean);
  if (!scopes.length) return "AADSTS900144: The request body must contain the following parameter: 'scope'.";
  const strange = scopes.find((scope) => !knownScope(scope));
  return strange && `AADSTS650053: The application '${client.client_name}' asked for scope '${strange}' that doesn't exist on the resource.`;
}

export class ApprovalPages {
  constructor(users, approvals) {
    Object.assign(this, { users, approvals, signedIn: new Map() });
  }

  async handle(req, res, tenant) {
    const query = new URL(req.url, 'http://lab').searchParams;
    const why = unusable(query);
    if (why) return sendPage(res, errorPage({ title: 'Sign in', text: why }), 400);
    const client = clientNamed(query.get('client_id')).client_name;
    const answer = req.method === 'POST' ? await answeredForm(req) : new URLSearchParams();
    if (answer.get('step') === 'login') return this.login(res, tenant, query, client, answer);
    if (answer.get('step') === 'consent') return this.consent(res, tenant, query, answer);
    return sendPage(res, signInPage({ hint: '', client }));
  }

  login(res, tenant, query, client, answer) {
    if (answer.get('cancel')) return this.back(res, tenant, query, DECLINED);
    const user = this.users.byAddress(answer.get('email'));
    if (!user || user.password !== answer.get('password')) return sendPage(res, signInPage({ hint: answer.get('email'), client, wrong: WRONG }));
    const session = crypto.randomUUID();
    this.signedIn.set(session, user);
    if (!user.administrator) return sendPage(res, mayNotApprovePage({ address: user.address, client, session }));
    const scopes = query.get('scope').split(' ').filter(Boolean);
    return sendPage(res, organisationConsentPage({ address: user.address, client, scopes, session }));
  }

  consent(res, tenant, query, answer) {
    const user = this.signedIn.get(answer.get('session'));
    if (!user) return sendPage(res, errorPage({ title: 'Sign in', text: 'AADSTS50058: A silent sign-in request was sent but no user is signed in.' }), 400);
    if (!user.administrator) return this.back(res, tenant, query, NOT_ALLOWED);
    if (answer.get('cancel')) return this.back(res, tenant, query, DECLINED);
    this.approvals.approve(tenant, query.get('client_id'), query.get('scope').split(' ').filter(Boolean));
    return this.back(res, tenant, query);
  }

  /** Back to the app. `admin_consent=True` stands beside an error too, as at Entra. */
  back(res, tenant, query, error) {
    const to = new URL(query.get('redirect_uri'));
    to.searchParams.set('admin_consent', 'True');
    to.searchParams.set('tenant', tenants[tenant].tid);
    if (query.has('state')) to.searchParams.set('state', query.get('state'));
    if (error) {
      to.searchParams.set('error', 'access_denied');
      to.searchParams.set('error_description', error);
      if (error === DECLINED) to.searchParams.set('error_subcode', 'cancel');
    }
    res.writeHead(302, { location: to.href, 'cache-control': 'no-store' });
    res.end();
  }
}
