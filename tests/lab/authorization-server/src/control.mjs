// What tests may do behind the provider's back: end grants, break answers, read counters.
import { resources } from './directory.mjs';
import { entraError } from './entra.mjs';

const broken = {
  503: { status: 503, type: 'text/plain', body: 'Service Unavailable' },
  429: { status: 429, type: 'application/json', body: '{"error":"temporarily_unavailable"}', headers: { 'retry-after': '1' } },
  html: { status: 200, type: 'text/html', body: '<!doctype html><title>Network sign-in</title><h1>Please accept the terms of use</h1>' },
  empty: { status: 200, type: 'application/json', body: '' },
  huge: { status: 200, type: 'application/json', body: JSON.stringify({ access_token: 'x'.repeat(300 * 1024) }) },
  slow: { delay_ms: 5000 },
  drop: { drop: true },
};

const trueTime = Date.now;

export class Control {
  constructor(users, store, approvals) {
    Object.assign(this, { users, store, approvals, faults: [], shapes: [], requests: [], answered: [], claims: [] });
    this.counters = { token: 0, devicecode: 0, authorize: 0, metadata: 0, revocation: 0, approval: 0, families_killed: 0 };
  }

  /** Which endpoint a path belongs to, in the words of the counters. */
  static endpoint(path) {
    if (/\/(token\/revocation|revoke)$/u.test(path)) return 'revocation';
    if (/\/token$/u.test(path)) return 'token';
    if (/\/(devicecode|device\/auth)$/u.test(path)) return 'devicecode';
    if (/\/(authorize|auth)$/u.test(path)) return 'authorize';
    if (/\/adminconsent$/u.test(path)) return 'approval';
    if (path.includes('/.well-known/')) return 'metadata';
    return undefined;
  }

  /** Counts a request and plays the fault planned for it; true when the request is answered by that. */
  async intercept(req, res, path) {
    const endpoint = Control.endpoint(path);
    if (!endpoint) return false;
    this.counters[endpoint] += 1;
    this.requests.push(`${req.method} ${path}`);
    const fault = this.faults.find((planned) => planned.endpoint === endpoint && planned.count > 0);
    if (!fault) return false;
    fault.count -= 1;
    if (fault.delay_ms) await new Promise((done) => { setTimeout(done, fault.delay_ms); });
    if (fault.drop) req.socket.destroy();
    else if (fault.status) {
      res.writeHead(fault.status, { 'content-type': fault.type || 'application/json', ...fault.headers });
      res.end(fault.body);
    }
    return Boolean(fault.drop || fault.status);
  }

  /** Changes a good answer of the token endpoint as planned, and notes when it was given. */
  shape(body) {
    const plan = this.shapes.shift() || {};
    for (const field of plan.without || []) delete body[field];
    Object.assign(body, plan.with);
    this.answered.push(Date.now());
  }

  /** Lets this server's clock go ahead (or behind) by so many seconds: all times in its tokens do. */
  setClock(seconds) {
    Date.now = () => trueTime() + seconds * 1000;
  }

  act(action, wish) {
    const user = wish.user && this.users.byAddress(wish.user);
    switch (action) {
      case 'revoke': return { ended: this.store.endAccount(user.sub, 'revoked') };
      case 'refresh-token': return { value: this.store.refreshTokenOf(user.sub) };
      case 'expire': return { ended: this.store.endAccount(user.sub, 'expired') };
      case 'withdraw': this.approvals.withdraw(wish.client); return {};
      case 'fail': {
        const { kind, aadsts, ...rest } = wish;
        const shaped = aadsts ? { status: 400, body: JSON.stringify(entraError({ error: 'invalid_grant', text: 'Lab.', ...aadsts })) } : {};
        this.faults.push({ endpoint: 'token', count: 1, ...broken[kind], ...shaped, ...rest });
        return { planned: this.faults.length };
      }
      case 'shape': {
        for (let left = wish.count || 1; left > 0; left -= 1) this.shapes.push(wish);
        return { planned: this.shapes.length };
      }
      case 'password': {
        user.password = wish.password;
        return { ended: this.store.endAccount(user.sub, 'revoked') };
      }
      case 'resource': resources[wish.resource] = wish.scopes.map((scope) => `${wish.resource}/${scope}`); return {};
      case 'clock': this.setClock(wish.seconds); return {};
      case 'mend': this.faults = []; this.shapes = []; return {};
      case 'state': return { ...this.counters, requests: this.requests, answered: this.answered, claims: this.claims };
      case 'issued': return { values: [...this.store.issued] };
      default: return undefined;
    }
  }

  async handle(req, res, action) {
    const chunks = [];
    for await (const chunk of req) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    let answer;
    try {
      answer = this.act(action, text ? JSON.parse(text) : {});
    } catch (error) {
      answer = { error: error.message };
    }
    res.writeHead(answer && !answer.error ? 200 : 400, { 'content-type': 'application/json' });
    res.end(JSON.stringify(answer || { error: `no such action: ${action}` }));
  }
}
