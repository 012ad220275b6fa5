// The pages a person sees. Plain HTML, nothing loaded from elsewhere, element ids that tests rely on.
const special = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const escape = (text) => String(text ?? '').replace(/[&<>"']/gu, (c) => special[c]);

export function page(title, body) {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title>
<style>body{font:16px system-ui,sans-serif;max-width:28rem;margin:4rem auto;padding:0 1rem}input{display:block;width:100%;padding:.5rem;margin:.25rem 0 1rem;box-sizing:border-box}button{padding:.5rem 1.5rem;margin-right:.5rem}.error{color:#a00}</style>
</head><body><main><h1>${escape(title)}</h1>${body}</main></body></html>`;
}

export function signInPage({ hint, wrong, client }) {
  return page('Sign in', `<p>to continue to ${escape(client)}</p>
${wrong ? `<p class="error" id="error" role="alert">${escape(wrong)}</p>` : ''}
<form method="post" autocomplete="off"><input type="hidden" name="step" value="login">
<label for="email">Email, phone, or Skype</label><input id="email" name="email" value="${escape(hint)}" required>
<label for="password">Password</label><input id="password" name="password" type="password" required>
<button id="sign-in" type="submit">Sign in</button>
<button id="cancel" type="submit" name="cancel" value="yes" formnovalidate>Cancel</button></form>`);
}

export function consentPage({ address, client, scopes }) {
  return page('Permissions requested', `<p id="account">${escape(address)}</p><p>${escape(client)} would like to:</p>
<ul>${scopes.map((scope) => `<li>${escape(scope)}</li>`).join('')}</ul>
<form method="post"><input type="hidden" name="step" value="consent">
<button id="accept" type="submit">Accept</button>
<button id="cancel" type="submit" name="cancel" value="yes">Cancel</button></form>`);
}

export function adminApprovalPage({ address, client }) {
  return page('Need admin approval', `<p id="account">${escape(address)}</p><p>${escape(client)} needs permission to access resources in your organization that only an admin can grant. Please ask an admin to grant permission to this app before you can use it.</p>
<form method="post"><input type="hidden" name="step" value="consent">
<button id="cancel" type="submit" name="cancel" value="admin">Return to the application without granting consent</button></form>`);
}

/** What an administrator sees who is asked to approve for everybody. */
export function organisationConsentPage({ address, client, scopes, session }) {
  return page('Permissions requested', `<p>Review for your organization</p><p id="account">${escape(address)}</p><p>${escape(client)} would like to, for everybody:</p>
<ul>${scopes.map((scope) => `<li>${escape(scope)}</li>`).join('')}</ul>
<form method="post"><input type="hidden" name="step" value="consent"><input type="hidden" name="session" value="${escape(session)}">
<button id="accept" type="submit">Accept</button>
<button id="cancel" type="submit" name="cancel" value="yes">Cancel</button></form>`);
}

/** The same for somebody who is no administrator. */
export function mayNotApprovePage({ address, client, session }) {
  return page('Need admin approval', `<p id="account">${escape(address)}</p><p>${escape(client)} needs permission to access resources in your organization that only an admin can grant. You are not an admin of this organization.</p>
<form method="post"><input type="hidden" name="step" value="consent"><input type="hidden" name="session" value="${escape(session)}">
<button id="cancel" type="submit" name="cancel" value="yes">Return to the application without granting consent</button></form>`);
}

export function errorPage({ title, text }) {
  return page(title, `<p>Sorry, but we’re having trouble signing you in.</p><p id="error" role="alert">${escape(text)}</p>`);
}

/** The pages of the device flow, in the shape oidc-provider wants them. */
export const devicePages = {
  userCodeInputSource: (ctx, form, out, error) => {
    const wrong = error ? '<p class="error" id="error" role="alert">That code didn’t work. Check the code and try again.</p>' : '';
    ctx.type = 'html';
    ctx.body = page('Enter code', `${wrong}${form}<button id="next" type="submit" form="op.deviceInputForm">Next</button>`);
  },
  userCodeConfirmSource: (ctx, form, client, _device, userCode) => {
    ctx.type = 'html';
    ctx.body = page('Are you trying to sign in?', `<p>${escape(client.clientName || client.clientId)} with the code ${escape(userCode)}</p>${form}
<button id="continue" type="submit" autofocus form="op.deviceConfirmForm">Continue</button>
<button id="cancel" type="submit" form="op.deviceConfirmForm" value="yes" name="abort">Cancel</button>`);
  },
  successSource: (ctx) => {
    ctx.type = 'html';
    ctx.body = page('You have signed in', '<p>You may now close this window.</p>');
  },
};
