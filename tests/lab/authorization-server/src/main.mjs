// Starts the authorization server. LAB_CONFIG names a JSON file with `host`, `users` and `key_folder` (where the
// public key goes, in the layout Dovecot reads), `client_key` (where the key of the client with a certificate goes) and
// `client_certificate` (where its certificate is found later); LAB_CONTROL is the secret path segment of the control endpoint.
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { ApprovalPages, Approvals } from './approval.mjs';
import { Control } from './control.mjs';
import { elsewhere, tenantNamed, tenants, Users } from './directory.mjs';
import { entraError } from './entra.mjs';
import { Interactions } from './interaction.mjs';
import { errorPage } from './pages.mjs';
import { makeProvider } from './provider.mjs';
import { Store } from './store.mjs';

const config = JSON.parse(fs.readFileSync(process.env.LAB_CONFIG, 'utf8'));
const users = new Users(config.users);
const store = new Store();
const approvals = new Approvals();
const approvalPages = new ApprovalPages(users, approvals);
const control = new Control(users, store, approvals);
const served = {};

function signingKey() {
  const { privateKey, publicKey } = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kid = `lab${crypto.randomBytes(6).toString('hex')}`;
  if (config.key_folder) { // Dovecot looks for <prefix>/<azp or "default">/<algorithm>/<key id>
    const folder = path.join(config.key_folder, 'default', 'RS256');
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, kid), publicKey.export({ type: 'spki', format: 'pem' }));
  }
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid };
}

/** A policy's challenge is Entra's own parameter; the library knows another one of that name. */
function withoutClaims(url) {
  const query = new URLSearchParams(url.slice(url.indexOf('?') + 1));
  if (query.has('claims')) control.claims.push(query.get('claims'));
  query.delete('claims');
  return `${url.slice(0, url.indexOf('?'))}?${query}`;
}

/**
 * The key of the client that proves itself with a certificate. Whoever starts this server reads it from the file and
 * makes the certificate, which is what the thumbprint is of.
 */
function certificateKey() {
  const { privateKey, publicKey } = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
  if (config.client_key) fs.writeFileSync(config.client_key, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  return {
    jwk: { ...publicKey.export({ format: 'jwk' }), use: 'sig' },
    thumbprint: () => crypto.createHash('sha256').update(new crypto.X509Certificate(fs.readFileSync(config.client_certificate)).raw).digest('base64url'),
  };
}

/** Entra shows the account picker for select_account, and gives refresh tokens without prompt=consent. */
function asTheLibraryWantsIt(url) {
  const query = new URLSearchParams(url.slice(url.indexOf('?') + 1));
  const prompts = new Set((query.get('prompt') || '').split(' ').filter(Boolean));
  if (prompts.has('consent')) query.set('lab_consent', 'asked');
  if (prompts.delete('select_account')) prompts.add('login');
  if ((query.get('scope') || '').split(' ').includes('offline_access') && !prompts.has('none')) prompts.add('consent');
  if (prompts.size) query.set('prompt', [...prompts].join(' '));
  return `${url.slice(0, url.indexOf('?'))}?${query}`;
}

/** Google gives a refresh token where access is asked for “offline”, and knows no permission of that name. */
function asGoogleMeansIt(url) {
  const query = new URLSearchParams(url.slice(url.indexOf('?') + 1));
  if (query.get('access_type') === 'offline') query.set('scope', `${query.get('scope') || ''} offline_access`.trim());
  query.delete('access_type');
  return asTheLibraryWantsIt(`${url.slice(0, url.indexOf('?'))}?${query}`);
}

function unknownTenant(req, res, segment) {
  const cloud = elsewhere[segment];
  const failure = cloud
    ? { number: 90038, error: 'invalid_request', text: `Tenant '${segment}' request is being redirected to the National Cloud '${cloud}'.` }
    : { number: 90002, error: 'invalid_request', text: `Tenant '${segment}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.` };
  const html = (req.headers.accept || '').includes('text/html');
  res.writeHead(400, { 'content-type': html ? 'text/html; charset=utf-8' : 'application/json' });
  res.end(html ? errorPage({ title: 'Sign in', text: `AADSTS${failure.number}: ${failure.text}` }) : JSON.stringify(entraError(failure)));
}

async function handle(req, res) {
  const [, segment, rest] = /^\/([^/?]+)(\/.*)$/u.exec(req.url) || [];
  if (!segment) return res.writeHead(404).end();
  if (segment === process.env.LAB_CONTROL) return control.handle(req, res, rest.slice(1));
  const name = tenantNamed(decodeURIComponent(segment));
  if (!name) return unknownTenant(req, res, segment);
  if (await control.intercept(req, res, req.url.split('?')[0])) return undefined;
  const { provider, callback, interactions, microsoft, google } = served[name];
  if (microsoft && /^\/v2\.0\/adminconsent(\?|$)/u.test(rest)) return approvalPages.handle(req, res, name);
  if (rest.startsWith('/interaction/')) return interactions.handle(provider, req, res);
  // Mounting: the library sees its own path in `url` and learns the tenant's prefix from `originalUrl`. The query
  // has to be changed before that, because changing it later loses the prefix.
  let inner = rest.replace(/^\/v2\.0\/\.well-known/u, '/.well-known');
  if (microsoft && /^\/oauth2\/v2\.0\/authorize\?/u.test(inner)) inner = asTheLibraryWantsIt(withoutClaims(inner));
  if (google && /^\/o\/oauth2\/v2\/auth\?/u.test(inner)) inner = asGoogleMeansIt(inner);
  req.labSegment = segment;
  req.originalUrl = `/${segment}${inner}`;
  req.url = inner;
  return callback(req, res);
}

const server = http.createServer((req, res) => {
  handle(req, res).catch((error) => {
    process.stderr.write(`${error.stack}\n`);
    if (!res.headersSent) res.writeHead(500).end();
  });
});

server.listen(0, config.host, () => {
  const base = `http://${config.host}:${server.address().port}`;
  const jwk = signingKey();
  const clientKey = certificateKey();
  for (const [name, tenant] of Object.entries(tenants)) {
    const provider = makeProvider({ name, tenant, base, users, store, jwk, clientKey, control });
    served[name] = { provider, callback: provider.callback(), interactions: new Interactions(users, name, tenant, approvals), microsoft: tenant.microsoft, google: tenant.google };
  }
  process.stdout.write(`${JSON.stringify({ ready: base })}\n`);
});
