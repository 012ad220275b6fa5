// One oidc-provider per tenant, with what makes it look like Entra where the tenant asks for it.
import { Provider, interactionPolicy, errors } from 'oidc-provider';
import { clients, GMAIL, googleScopes, guid, OP_MAIL, resources, resourcesIn } from './directory.mjs';
import { devicePages, errorPage } from './pages.mjs';
import { authorizeFailure, shapeLikeEntra } from './entra.mjs';

const { Check, base } = interactionPolicy;

const entraRoutes = {
  authorization: '/oauth2/v2.0/authorize',
  token: '/oauth2/v2.0/token',
  device_authorization: '/oauth2/v2.0/devicecode',
  code_verification: '/oauth2/deviceauth',
  end_session: '/oauth2/v2.0/logout',
  jwks: '/discovery/v2.0/keys',
  userinfo: '/oidc/userinfo',
};

const googleRoutes = { authorization: '/o/oauth2/v2/auth', token: '/token', revocation: '/revoke' };

/** A hint for somebody else than who is signed in leads to the sign-in page, as at Entra. */
function policy(users) {
  const prompts = base();
  prompts.get('login').checks.push(new Check('another_account', 'login_hint names another account', ({ oidc }) =>
    Boolean(oidc.params.login_hint && oidc.session?.accountId && !oidc.result?.login
      && users.byAddress(oidc.params.login_hint)?.sub !== oidc.session.accountId)));
  return prompts;
}

/** Which resource a request means: all that `scope` names when asking, exactly one when redeeming. */
function meantResource({ microsoft, google }) {
  return (ctx, _client, oneOf) => {
    const scope = ctx.oidc.body?.scope || ctx.oidc.params?.scope;
    const words = (scope || '').split(' ');
    const one = google ? words.some((word) => googleScopes.includes(word)) && GMAIL : words.includes('mail') && OP_MAIL;
    const named = microsoft ? resourcesIn(scope) : one ? [one] : [];
    if (!oneOf) {
      if (ctx.oidc.route === 'token' && named.length > 1) throw new errors.InvalidScope('more than one resource', scope);
      return named.length > 1 ? named : named[0];
    }
    if (named.length > 1) throw new errors.InvalidScope('more than one resource', scope);
    return named.find((resource) => oneOf.includes(resource)) || oneOf[0];
  };
}

/** A user that there is not. */
const NOBODY = 'nobody';

function tokenClaims(tenant, users) {
  return (_ctx, token) => {
    const user = users.bySub(token.accountId);
    // Which shared mailbox a person may open is the mail server's knowledge; here it learns it from the token.
    const shared = { shared: user?.shared ?? NOBODY };
    const app = { idtyp: 'app', roles: tenant.appRoles, oid: guid('service principal', tenant.tid, token.clientId) };
    const about = user ? { upn: user.address, email: user.address, name: user.name, oid: user.oid, ...shared } : app;
    return { ...about, tid: tenant.tid, ver: '1.0', appid: token.clientId };
  };
}

/** Wraps the library: a good answer of the token endpoint leaves as the test has planned. */
function shapeAnswers(control) {
  return async (ctx, next) => {
    await next();
    if (ctx.oidc?.route === 'token' && ctx.body?.access_token) control.shape(ctx.body);
    // A signed token is refused with an error of its own (RFC 7662 section 2.2 knows “not active”), and Dovecot takes
    // an answer without a user for a fault of the server: it would not say that it refuses the token.
    if (ctx.oidc?.route === 'introspection' && (ctx.body?.active === false || ctx.body?.error === 'unsupported_token_type')) {
      ctx.status = 200;
      ctx.body = { active: false, upn: NOBODY };
    }
  };
}

export function makeProvider({ name, tenant, base: origin, users, store, jwk, clientKey, control }) {
  const { microsoft, google } = tenant;
  const issuer = tenant.issuer || (microsoft ? `${origin}/${tenant.tid}/v2.0` : `${origin}/${name}`);
  const known = microsoft ? resources : google ? { [GMAIL]: googleScopes } : { [OP_MAIL]: ['mail'] };
  const provider = new Provider(issuer, {
    adapter: store.adapterFor(name, tenant.keepRefreshTokens),
    jwks: { keys: [jwk] },
    cookies: { keys: [jwk.kid], names: { session: `session_${name}`, interaction: `interaction_${name}`, resume: `resume_${name}` } },
    clients: clients.map((client) => (client.token_endpoint_auth_method === 'private_key_jwt' ? { ...client, jwks: { keys: [clientKey.jwk] } } : client)),
    // Entra finds a certificate by this thumbprint; the library goes by the key alone.
    assertJwtClientAuthClaimsAndHeader: (_ctx, _claims, header) => {
      if (microsoft && header['x5t#S256'] !== clientKey.thumbprint()) throw new errors.InvalidClientAuth('certificate is not registered');
      if (microsoft && header.alg !== 'PS256') throw new errors.InvalidClientAuth(`not signed with PS256 but ${header.alg}`);
    },
    routes: microsoft ? entraRoutes : google ? googleRoutes : {},
    scopes: ['openid', 'offline_access', 'profile', 'email'],
    claims: { openid: ['sub', 'tid', 'oid', 'ver'], email: ['email'], profile: ['name', 'preferred_username'] },
    conformIdTokenClaims: false, // Entra puts them into the id_token
    extraParams: ['domain_hint', 'client_info', 'lab_consent'],
    pkce: { required: () => true },
    interactions: { url: (ctx, interaction) => `/${ctx.req.labSegment}/interaction/${interaction.uid}`, policy: policy(users) },
    rotateRefreshToken: true,
    issueRefreshToken: (_ctx, client, code) => client.grantTypeAllowed('refresh_token') && code.scopes.has('offline_access'),
    ttl: { AccessToken: tenant.accessTokenSeconds, AuthorizationCode: 600, ClientCredentials: 3600, DeviceCode: 600, Grant: 86400, IdToken: 3600, Interaction: 3600, RefreshToken: 86400, Session: 86400 },
    features: {
      devInteractions: { enabled: false },
      deviceFlow: { enabled: true, ...devicePages },
      clientCredentials: { enabled: true },
      revocation: { enabled: !microsoft },
      introspection: { enabled: Boolean(tenant.opaque), allowedPolicy: (_ctx, client) => Boolean(client.clientSecret) },
      rpInitiatedLogout: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: meantResource(tenant),
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, resource) => {
          if (!known[resource]) throw new errors.InvalidTarget();
          return { audience: resource, accessTokenFormat: tenant.opaque ? 'opaque' : 'jwt', accessTokenTTL: tenant.accessTokenSeconds, jwt: { sign: { alg: 'RS256' } }, scope: known[resource].join(' ') };
        },
      },
    },
    formats: {
      customizers: {
        jwt: (_ctx, token, jwt) => {
          jwt.header = { ...jwt.header, typ: 'JWT' }; // Dovecot 2.3 refuses at+jwt
          if (token.kind === 'ClientCredentials') return; // what an app may do stands in `roles`
          const scopes = (jwt.payload.scope || '').split(' ').filter(Boolean);
          jwt.payload.scp = scopes.map((scope) => scope.slice(scope.lastIndexOf('/') + 1)).join(' ');
        },
      },
    },
    extraTokenClaims: tokenClaims(tenant, users),
    findAccount: (_ctx, sub) => {
      const user = users.bySub(sub);
      return user && { accountId: sub, claims: () => ({ sub, oid: user.oid, tid: tenant.tid, ver: '2.0', email: user.address, name: user.name, preferred_username: user.address }) };
    },
    renderError: (ctx, out, error) => {
      ctx.type = 'html';
      ctx.body = microsoft ? errorPage(authorizeFailure(ctx, out, error)) : errorPage({ title: 'Sign-in failed', text: `${out.error}: ${out.error_description || ''}` });
    },
  });
  provider.on('grant.revoked', () => { control.counters.families_killed += 1; });
  // The answer alone does not say why: the cause travels with the request to where the error is shaped.
  for (const event of ['grant.error', 'device_authorization.error']) provider.on(event, (ctx, error) => { ctx.req.labError = error; });
  provider.on('server_error', (_ctx, error) => { process.stderr.write(`server_error ${error.stack}\n`); });
  provider.use(shapeAnswers(control));
  if (microsoft) provider.use(shapeLikeEntra(store));
  return provider;
}

