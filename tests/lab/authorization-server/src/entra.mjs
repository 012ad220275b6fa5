// Entra's manners on top of the library: its error numbers per cause, extra fields, and its redirects.
import crypto from 'node:crypto';
import { clientNamed, regionOf, singlePage, switchedOff } from './directory.mjs';

const cause = (number, error, text, extra = {}) => ({ number, error, text, status: 400, ...extra });

function clientFailure(body, authorization, detail) {
  const client = clientNamed(body.client_id);
  if (!client) {
    return cause(700016, 'unauthorized_client', `Application with identifier '${body.client_id}' was not found in the directory 'Contoso'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`);
  }
  const status = 401;
  if (body.client_assertion && client.token_endpoint_auth_method === 'private_key_jwt') {
    if (/expired|not active|\b(?:nbf|iat)\b/u.test(detail)) return cause(700024, 'invalid_client', `Client assertion is not within its valid time range. Current time: ${new Date().toISOString()}. ${detail.trim()}`, { status });
    return cause(700027, 'invalid_client', `The certificate with identifier used to sign the client assertion is not registered on application. ${detail.trim()}`, { status });
  }
  if (client.token_endpoint_auth_method === 'none') return cause(700025, 'invalid_client', "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.", { status });
  if (!body.client_secret && !authorization) return cause(7000218, 'invalid_client', "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.", { status });
  if (client.client_secret_expires_at && body.client_secret === client.client_secret) return cause(7000222, 'invalid_client', `The provided client secret keys for app '${body.client_id}' are expired. Visit the Azure portal to create new keys for your app.`, { status });
  return cause(7000215, 'invalid_client', `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${body.client_id}'.`, { status });
}

function grantFailure(body, detail, store) {
  const day = new Date().toISOString();
  const death = store.causeOfDeath(body.refresh_token || body.code);
  if (body.grant_type === 'authorization_code') {
    if (/verifier|PKCE/iu.test(detail)) return cause(501481, 'invalid_grant', 'The Code_Verifier does not match the code_challenge supplied in the authorization request.');
    if (/redirect_uri/u.test(detail)) return cause(500112, 'invalid_client', `The reply address '${body.redirect_uri}' does not match the reply address provided when requesting Authorization code.`);
    if (/consumed|already used/u.test(detail) || death) return cause(54005, 'invalid_grant', 'OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.');
    if (/expired/u.test(detail)) return cause(70008, 'invalid_grant', 'The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.');
    return cause(9002313, 'invalid_grant', 'Invalid request. Request is malformed or invalid.');
  }
  if (death === 'revoked') return cause(50173, 'invalid_grant', `The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password. The grant was issued on '${day}' and the TokensValidFrom date (before which tokens are not valid) for this user is '${day}'.`);
  if (death === 'expired' || /expired/u.test(detail)) return cause(700082, 'invalid_grant', `The refresh token has expired due to inactivity. The token was issued on ${day} and was inactive for 90.00:00:00.`);
  return cause(70000, 'invalid_grant', 'Provided grant is invalid or malformed.');
}

function failureOf(ctx, error, store) {
  const body = ctx.oidc.body || {};
  const detail = `${error?.error_detail || ''} ${error?.error_description || ''} ${error?.cause?.message || ''}`;
  switch (ctx.body.error) {
    case 'invalid_client': return clientFailure(body, ctx.headers.authorization, detail);
    case 'invalid_grant': return grantFailure(body, detail, store);
    case 'unauthorized_client': return cause(7000218, 'invalid_client', "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.", { status: 401 });
    case 'invalid_scope':
      if (detail.includes('more than one resource')) return cause(28000, 'invalid_scope', `Provided value for the input parameter scope is not valid because it contains more than one resource. Scope ${body.scope} is not valid.`);
      return cause(65001, 'invalid_grant', `The user or administrator has not consented to use the application with ID '${body.client_id}'. Send an interactive authorization request for this user and resource.`, { suberror: 'consent_required' });
    case 'invalid_target': return cause(65001, 'invalid_grant', `The user or administrator has not consented to use the application with ID '${body.client_id}'. Send an interactive authorization request for this user and resource.`, { suberror: 'consent_required' });
    case 'unsupported_grant_type': return cause(70003, 'unsupported_grant_type', `The app requested an unsupported grant type '${body.grant_type}'.`);
    case 'authorization_pending': return cause(70016, 'authorization_pending', 'OAuth 2.0 device flow error. Authorization is pending. Continue polling.');
    case 'access_denied': return cause(65004, 'authorization_declined', 'User declined to consent to access the app.');
    case 'expired_token': return cause(70020, 'expired_token', 'The provided value for the input parameter device_code is not valid. This device code has expired.');
    default: {
      const missing = /missing required parameter\(s\) '?([\w, ]+)/u.exec(detail)?.[1];
      if (!body.client_id && /client/u.test(detail)) return cause(900144, 'invalid_request', "The request body must contain the following parameter: 'client_id'.");
      if (missing) return cause(900144, 'invalid_request', `The request body must contain the following parameter: '${missing.split(',')[0].trim()}'.`);
      return cause(9002313, ctx.body.error, `Invalid request. ${ctx.body.error_description || 'Request is malformed or invalid.'}`);
    }
  }
}

/** A program redeems what was registered for a page: such a request has no origin. */
function crossOriginFailure(ctx) {
  const { client_id: client, grant_type: grant } = ctx.oidc.body || {};
  if (!singlePage.has(client) || grant !== 'authorization_code' || ctx.headers.origin) return undefined;
  return cause(9002327, 'invalid_request', "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests.");
}

/** An administrator has disabled the app: whatever it asks for, this is the answer. */
function switchedOffFailure(ctx) {
  const { client_id: client } = ctx.oidc.body || {};
  if (!switchedOff.has(client)) return undefined;
  return cause(7000112, 'unauthorized_client', `Application '${client}'(${clientNamed(client).client_name}) is disabled.`);
}

/** Entra gives a device code to every app that it knows; whether it needs a secret is looked at when it polls. */
function codeForConfidential(ctx) {
  const { client_id: client, client_secret: secret, client_assertion: assertion } = ctx.oidc.body || {};
  const named = clientNamed(client);
  if (ctx.oidc.route !== 'device_authorization' || secret || assertion || !named || named.token_endpoint_auth_method === 'none') return undefined;
  return { user_code: 'LABLABLAB', device_code: crypto.randomUUID(), verification_uri: `${ctx.origin}/${ctx.req.labSegment}/oauth2/deviceauth`, expires_in: 900, interval: 5 };
}

/** The body of an error answer of the token endpoint. */
export function entraError({ number, error, text, suberror, claims }) {
  const trace = crypto.randomUUID();
  const correlation = crypto.randomUUID();
  const timestamp = `${new Date().toISOString().slice(0, 19).replace('T', ' ')}Z`;
  return {
    error,
    error_description: `AADSTS${number}: ${text} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
    error_codes: [number],
    timestamp,
    trace_id: trace,
    correlation_id: correlation,
    error_uri: `https://login.microsoftonline.com/error?code=${number}`,
    ...(suberror ? { suberror } : {}),
    ...(claims ? { claims } : {}),
  };
}

/** What the page shows when a request cannot be sent back to the client. */
export function authorizeFailure(ctx, out, error) {
  const params = ctx.oidc?.params || ctx.query || {};
  const page = (number, text) => ({ title: 'Sign in', text: `AADSTS${number}: ${text}` });
  if (out.error === 'invalid_client') return page(700016, `Application with identifier '${params.client_id}' was not found in the directory 'Contoso'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`);
  if (out.error === 'invalid_redirect_uri' || error?.name === 'InvalidRedirectUri') return page(50011, `The redirect URI '${params.redirect_uri}' specified in the request does not match the redirect URIs configured for the application '${params.client_id}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal.`);
  const missing = /missing required parameter\(s\) '?([\w, ]+)/u.exec(error?.error_description || '')?.[1];
  if (missing) return page(900144, `The request body must contain the following parameter: '${missing.split(',')[0].trim()}'.`);
  return page(900561, `The endpoint could not serve this request: ${out.error_description || out.error}.`);
}

/** Entra sends no `iss`, but a `session_state` with each code, and a number with each error. */
function shapeRedirect(ctx) {
  const location = ctx.response.get('location');
  if (!/[?&](code|error)=/u.test(location)) return;
  const url = new URL(location);
  url.searchParams.delete('iss');
  if (url.searchParams.has('code')) url.searchParams.set('session_state', crypto.randomUUID());
  const text = url.searchParams.get('error_description') || '';
  if (url.searchParams.get('error') === 'login_required') url.searchParams.set('error_description', 'AADSTS50058: A silent sign-in request was sent but no user is signed in.');
  if (text.includes('AADSTS65004')) url.searchParams.set('error_subcode', 'cancel');
  ctx.set('location', url.href);
}

/** Runs around the library: what it answers leaves in Entra's shape. */
export function shapeLikeEntra(store) {
  return async (ctx, next) => {
    await next();
    const route = ctx.oidc?.route;
    if (['authorization', 'resume'].includes(route)) shapeRedirect(ctx);
    if (!['token', 'device_authorization', 'discovery'].includes(route) || !ctx.body || typeof ctx.body !== 'object') return;
    const code = codeForConfidential(ctx);
    if (code) {
      ctx.status = 200;
      ctx.body = code;
    }
    const off = route === 'discovery' ? undefined : switchedOffFailure(ctx);
    const better = off || (route === 'token' ? crossOriginFailure(ctx) : undefined);
    if (ctx.body.error || better) {
      const failure = better || failureOf(ctx, ctx.req.labError, store);
      ctx.status = failure.status;
      ctx.body = entraError(failure);
    } else if (route === 'token') {
      ctx.body.ext_expires_in = ctx.body.expires_in;
    } else if (route === 'device_authorization') {
      delete ctx.body.verification_uri_complete;
      ctx.body.interval = 1; // Entra's is 5; nobody needs to wait that long here
      ctx.body.message = `To sign in, use a web browser to open the page ${ctx.body.verification_uri} and enter the code ${ctx.body.user_code} to authenticate.`;
    } else if (route === 'discovery') {
      delete ctx.body.authorization_response_iss_parameter_supported;
      Object.assign(ctx.body, regionOf(ctx.req.labSegment));
      if (['common', 'organizations'].includes(ctx.req.labSegment)) ctx.body.issuer = ctx.body.issuer.replace(/\/[^/]+\/v2\.0$/u, '/{tenantid}/v2.0');
    }
  };
}
