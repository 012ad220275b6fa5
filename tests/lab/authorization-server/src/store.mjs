// Everything in memory, one store for all tenants. Dead refresh tokens and codes leave a tombstone that says
// how they died, so that the token endpoint can name the cause as Entra does.
const now = () => Date.now() / 1000;

export class Store {
  constructor() {
    this.entries = new Map();
    this.tombstones = new Map();
    this.issued = new Set();
  }

  /** oidc-provider asks for one adapter per kind of model. */
  adapterFor(tenant, keepRefreshTokens) {
    return (model) => new Adapter(this, `${tenant}:${model}`, keepRefreshTokens && model === 'RefreshToken');
  }

  bury(key, why) {
    if (/:(RefreshToken|AuthorizationCode):/u.test(key)) this.tombstones.set(key.split(':').at(-1), why);
    this.entries.delete(key);
  }

  /** Ends every grant of an account, in all tenants; answers how many refresh tokens died. */
  endAccount(sub, why) {
    let refreshTokens = 0;
    for (const [key, { payload }] of [...this.entries]) {
      if (payload.accountId !== sub || !/:(RefreshToken|AuthorizationCode|AccessToken|Grant):/u.test(key)) continue;
      if (key.includes(':RefreshToken:')) refreshTokens += 1;
      this.bury(key, why);
    }
    return refreshTokens;
  }

  /** The newest living refresh token of an account, in any tenant. */
  refreshTokenOf(sub) {
    const living = [...this.entries].filter(([key, { payload }]) => key.includes(':RefreshToken:') && payload.accountId === sub);
    return living.at(-1)?.[0].split(':').at(-1);
  }

  causeOfDeath(token) {
    return this.tombstones.get(token);
  }
}

class Adapter {
  constructor(store, prefix, keep) {
    Object.assign(this, { store, prefix, keep });
  }

  key(id) {
    return `${this.prefix}:${id}`;
  }

  async upsert(id, payload, seconds) {
    if (/:(RefreshToken|AuthorizationCode|AccessToken)$/u.test(this.prefix)) this.store.issued.add(id);
    this.store.entries.set(this.key(id), { payload, until: seconds ? now() + seconds : Infinity });
  }

  async find(id) {
    const entry = this.store.entries.get(this.key(id));
    return entry && entry.until > now() ? entry.payload : undefined;
  }

  async findBy(field, value) {
    for (const [key, { payload, until }] of this.store.entries) {
      if (key.startsWith(`${this.prefix}:`) && payload[field] === value && until > now()) return payload;
    }
    return undefined;
  }

  findByUid(uid) {
    return this.findBy('uid', uid);
  }

  findByUserCode(code) {
    return this.findBy('userCode', code);
  }

  async consume(id) {
    if (this.keep) return;
    const payload = await this.find(id);
    if (payload) payload.consumed = Math.floor(now());
  }

  async destroy(id) {
    this.store.bury(this.key(id), 'used');
  }

  async revokeByGrantId(grantId) {
    for (const [key, { payload }] of [...this.store.entries]) {
      if (payload.grantId === grantId) this.store.bury(key, payload.consumed ? 'used' : 'family');
    }
  }
}
