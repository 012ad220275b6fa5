// Sign-in and consent: which page a person sees next, and what their answer means.
import { adminApprovalPage, consentPage, errorPage, signInPage } from './pages.mjs';

const WRONG = 'Your account or password is incorrect. If you don’t remember your password, reset it now.';
const NOBODY = 'This username may be incorrect. Make sure you typed it correctly. Otherwise, contact your admin.';
const DECLINED = 'AADSTS65004: User declined to consent to access the app.';
const NEEDS_ADMIN = 'AADSTS90094: The grant requires admin permission.';

export const sendPage = (res, html, status = 200) => {
  res.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  res.end(html);
};

export async function answeredForm(req) {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}

export class Interactions {
  constructor(users, name, tenant, approvals) {
    this.users = users;
    this.name = name;
    this.microsoft = tenant.microsoft;
    this.needsApproval = Boolean(tenant.needsApproval); // nobody but an administrator may consent in this tenant
    this.approvals = approvals;
    this.consented = new Map(); // account and client -> scopes, since Entra asks only once
  }

  async handle(provider, req, res) {
    let details;
    try {
      details = await provider.interactionDetails(req, res);
    } catch (error) {
      return sendPage(res, errorPage({ title: 'Sign in', text: `AADSTS50058: ${error.message}` }), 400);
    }
    const client = (await provider.Client.find(details.params.client_id))?.clientName;
    const answer = req.method === 'POST' ? await answeredForm(req) : undefined;
    if (details.prompt.name === 'login') return this.login(provider, req, res, details, client, answer);
    return this.consent(provider, req, res, details, client, answer);
  }

  login(provider, req, res, details, client, answer) {
    const hint = answer?.get('email') ?? details.params.login_hint ?? '';
    if (answer?.get('cancel')) return this.refuse(provider, req, res, DECLINED);
    if (answer?.get('step') !== 'login') return sendPage(res, signInPage({ hint, client }));
    const user = this.users.byAddress(hint);
    if (!user) return sendPage(res, signInPage({ hint, client, wrong: NOBODY }));
    if (user.password !== answer.get('password')) return sendPage(res, signInPage({ hint, client, wrong: WRONG }));
    return provider.interactionFinished(req, res, { login: { accountId: user.sub, remember: true } });
  }

  async consent(provider, req, res, details, client, answer) {
    const user = this.users.bySub(details.session.accountId);
    const scopes = details.params.scope.split(' ');
    const key = `${user.sub} ${details.params.client_id}`;
    const approved = this.approvals.covers(this.name, details.params.client_id, scopes);
    const mayNot = !approved && (user.admin_approval || (this.needsApproval && !user.administrator));
    if (answer?.get('cancel')) return this.refuse(provider, req, res, mayNot ? NEEDS_ADMIN : DECLINED);
    if (mayNot) return sendPage(res, adminApprovalPage({ address: user.address, client }));
    const before = this.consented.get(key);
    const asksAgain = !this.microsoft || details.params.lab_consent === 'asked';
    const known = approved || (before && !asksAgain && scopes.every((scope) => before.has(scope)));
    if (!known && answer?.get('step') !== 'consent') return sendPage(res, consentPage({ address: user.address, client, scopes }));
    this.consented.set(key, new Set([...(before || []), ...scopes]));
    return provider.interactionFinished(req, res, { consent: { grantId: await grantFor(provider, details) } });
  }

  refuse(provider, req, res, why) {
    const result = { error: 'access_denied', error_description: this.microsoft ? why : 'The resource owner refused' };
    return provider.interactionFinished(req, res, result, { mergeWithLastSubmission: false });
  }
}

async function grantFor(provider, { grantId, params, session, prompt }) {
  const existing = grantId && await provider.Grant.find(grantId);
  const grant = existing || new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  const { missingOIDCScope, missingOIDCClaims, missingResourceScopes } = prompt.details;
  if (missingOIDCScope) grant.addOIDCScope(missingOIDCScope.join(' '));
  if (missingOIDCClaims) grant.addOIDCClaims(missingOIDCClaims);
  for (const [resource, scopes] of Object.entries(missingResourceScopes || {})) grant.addResourceScope(resource, scopes.join(' '));
  return grant.save();
}
