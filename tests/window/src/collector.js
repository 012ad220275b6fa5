// Writes down what happens in the page from now on. Runs once per page, right after it was loaded.
if ('__seen' in window) return;
const seen = { console: [], policy: [], ipc: [], said: [] };
Object.defineProperty(window, '__seen', { value: seen });

const words = (value) => {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
};

for (const level of ['error', 'warn']) {
  const original = console[level];
  console[level] = (...values) => {
    seen.console.push(`${level}: ${values.map(words).join(' ')}`);
    original.apply(console, values);
  };
}
addEventListener('error', (event) => seen.console.push(`error: ${event.message}`));
addEventListener('unhandledrejection', (event) => seen.console.push(`unhandled rejection: ${words(event.reason)}`));
document.addEventListener('securitypolicyviolation', (event) =>
  seen.policy.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample ?? ''} at ${event.sourceFile}:${event.lineNumber}`),
);

// Tauri's own functions cannot be replaced, so calls are read where they leave and answers where they arrive.
const bytes = (body) => {
  if (body === undefined || body === null || typeof body === 'string') return body ?? '';
  return new TextDecoder().decode(body);
};
const fetched = window.fetch;
window.fetch = (address, options) => {
  const call = { to: String(address), sent: bytes(options?.body), answer: null };
  seen.ipc.push(call);
  const answer = fetched(address, options);
  answer.then(
    (response) => response.clone().text().then((text) => (call.answer = text)),
    (error) => (call.answer = String(error)),
  );
  return answer;
};
const posted = window.ipc?.postMessage;
if (posted) {
  try {
    window.ipc.postMessage = (text) => {
      seen.ipc.push({ to: 'postMessage', sent: String(text), answer: null });
      return posted.call(window.ipc, text);
    };
  } catch {
    // It cannot be replaced; the warning that comes before its use is seen all the same.
  }
}
const callbacks = window.__TAURI_INTERNALS__?.callbacks;
if (callbacks) {
  callbacks.get = (id) => {
    const callback = Map.prototype.get.call(callbacks, id);
    return (
      callback &&
      ((data) => {
        seen.ipc.push({ to: 'callback', sent: '', answer: JSON.stringify(data) ?? '' });
        return callback(data);
      })
    );
  };
}

// What a screen reader says.
const live = '[aria-live]:not([aria-live="off"]), [role="status"], [role="alert"], [role="log"]';
new MutationObserver((changes) => {
  const regions = new Set();
  for (const { target } of changes) {
    const region = (target instanceof Element ? target : target.parentElement)?.closest(live);
    if (region) regions.add(region);
  }
  for (const region of regions) {
    const text = region.textContent.replace(/\s+/gu, ' ').trim();
    const how = region.getAttribute('role') === 'alert' || region.getAttribute('aria-live') === 'assertive' ? 'assertive' : 'polite';
    if (text) seen.said.push(`${how}: ${text}`);
  }
}).observe(document, { subtree: true, childList: true, characterData: true });
