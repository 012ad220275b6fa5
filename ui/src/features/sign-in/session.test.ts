import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HostError, type SignInOptions } from '../../host/gateway';
import { twinGateway } from '../../host/twin';
import { announced } from '../../test-render';
import type { SignInStep } from '../../bindings/SignInStep';
import { forgetAsked } from './remembered';
import { SignInSession, type Ways } from './session.svelte';

/** One call to the host, which the test answers. */
interface Call {
  options: SignInOptions;
  step: (step: SignInStep) => void;
  resolve: () => void;
  reject: (reason: unknown) => void;
}

const link: SignInStep = { event: 'link', url: 'https://login.example/1', ms: 300_000 };
const settle = () => vi.advanceTimersByTimeAsync(0);

function begin(always: Ways = {}) {
  const calls: Call[] = [];
  const done = vi.fn();
  const copyText = vi.fn(() => Promise.resolve());
  const cancelSignIn = vi.fn(() => Promise.resolve());
  const session = new SignInSession(
    twinGateway({ copyText, cancelSignIn }),
    'box-1',
    (options, step) =>
      new Promise((resolve, reject) => {
        calls.push({
          options,
          step,
          resolve: () => {
            resolve(done);
          },
          reject,
        });
      }),
    always,
  );
  const call = (index: number): Call => {
    const made = calls[index];
    if (made === undefined) throw new Error(`no call ${String(index)}`);
    return made;
  };
  return { session, call, calls, done, copyText, cancelSignIn };
}

beforeEach(() => {
  vi.useFakeTimers();
  forgetAsked();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a sign-in', () => {
  it('goes from the browser to the end', async () => {
    const { session, call, done } = begin();
    void session.open();
    expect(session.state).toBe('starting');
    expect(call(0).options).toEqual({ open: true });
    call(0).step({ event: 'queued' });
    expect(session.state).toBe('queued');
    call(0).step(link);
    expect(session.state).toBe('waiting');
    expect(session.remaining).toBe(300_000);
    await vi.advanceTimersByTimeAsync(28_000);
    expect(session.remaining).toBe(272_000);
    call(0).step({ event: 'came-back' });
    expect(session.state).toBe('finishing');
    call(0).resolve();
    await settle();
    expect(session.state).toBe('done');
    expect(done).toHaveBeenCalledOnce();
    expect(announced()).toContain('Signed in.');
  });

  it('opened again is a new request, and the old one is not heard any more', async () => {
    const { session, call, done } = begin();
    void session.open();
    call(0).step(link);
    void session.open();
    expect(session.link).toBeNull();
    call(0).step({ event: 'came-back' });
    call(0).resolve();
    await settle();
    call(0).reject(new HostError('cancelled', 'ended by the second'));
    await settle();
    expect(session.state).toBe('starting');
    expect(done).not.toHaveBeenCalled();
    call(1).step({ ...link, url: 'https://login.example/2' });
    expect(session.link?.url).toBe('https://login.example/2');
  });

  it('puts the link on the clipboard as soon as it is there, and opens no browser', async () => {
    const { session, call, copyText } = begin();
    void session.copyLink();
    expect(call(0).options).toEqual({ open: false });
    call(0).step(link);
    await settle();
    expect(copyText).toHaveBeenCalledWith('https://login.example/1');
    expect(session.copied).toBe('copied');
  });

  it('goes on waiting with its link when no browser opened, and says so at once', async () => {
    const { session, call, done } = begin();
    void session.open();
    call(0).step(link);
    expect(session.opened).toBe(true);
    call(0).step({ event: 'not-opened', message: 'There is no browser.' });
    expect(session).toMatchObject({ state: 'waiting', opened: false, notOpened: 'There is no browser.' });
    expect(session.link?.url).toBe('https://login.example/1');
    expect(announced('assertive').join()).toContain('The browser did not open.');
    void session.open();
    expect(session).toMatchObject({ opened: true, notOpened: null });
    call(1).step(link);
    call(1).step({ event: 'came-back' });
    call(1).resolve();
    await settle();
    expect(done).toHaveBeenCalledOnce();
  });

  it('says when the clipboard did not take the link', async () => {
    const { session, call, copyText } = begin();
    copyText.mockRejectedValue(new HostError('failed', 'no clipboard'));
    void session.copyLink();
    call(0).step(link);
    await settle();
    expect(session.copied).toBe('failed');
    expect(session.state).toBe('waiting');
  });

  it('is cancelled here at once, whatever comes late', async () => {
    const { session, call, cancelSignIn, done } = begin();
    void session.open();
    call(0).step(link);
    await session.cancel();
    expect(cancelSignIn).toHaveBeenCalledOnce();
    expect(session).toMatchObject({ state: 'before', cancelled: true });
    call(0).resolve();
    await settle();
    expect(session.state).toBe('before');
    expect(done).not.toHaveBeenCalled();
  });

  it('was ended by another one', async () => {
    const { session, call } = begin();
    void session.open();
    call(0).reject(new HostError('cancelled', 'another one began'));
    await settle();
    expect(session).toMatchObject({ state: 'before', cancelled: true });
  });

  it('ends when the page is left', () => {
    const { session, call, cancelSignIn } = begin();
    void session.open();
    call(0).step(link);
    session.leave();
    expect(cancelSignIn).toHaveBeenCalledOnce();
  });

  it('says what failed', async () => {
    const { session, call } = begin();
    void session.open();
    call(0).reject(new HostError('unreachable', 'The provider did not answer.'));
    await settle();
    expect(session.state).toBe('failed');
    expect(session.error?.code).toBe('unreachable');
    expect(announced('assertive')).not.toEqual([]);
  });
});

describe('the other routes', () => {
  const code: SignInStep = {
    event: 'code',
    page: 'https://microsoft.com/devicelogin',
    code: 'GK7F3QXMR',
    ms: 900_000,
    every_ms: 5000,
  };

  it('show a code, how long it lasts, and how the provider answered', async () => {
    const { session, call, done } = begin();
    void session.withCode();
    expect(call(0).options).toEqual({ open: false, route: 'code' });
    call(0).step(code);
    expect(session).toMatchObject({ state: 'code', running: true, remaining: 900_000, polled: null });
    expect(announced().join()).toContain('G K 7 F 3 Q X M R');
    await vi.advanceTimersByTimeAsync(5000);
    call(0).step({ event: 'polled', answered: true, again_in_ms: 5000 });
    expect(session.remaining).toBe(895_000);
    await vi.advanceTimersByTimeAsync(3000);
    expect(session.now - (session.polled?.at ?? 0)).toBe(3000);
    for (let time = 0; time < 3; time += 1)
      call(0).step({ event: 'polled', answered: false, again_in_ms: 10_000 });
    expect(announced().filter((said) => said.includes('no answer'))).toHaveLength(1);
    call(0).step({ event: 'came-back' });
    expect(announced().join()).toContain('The code was used.');
    call(0).resolve();
    await settle();
    expect(done).toHaveBeenCalledOnce();
  });

  it('are cancelled as the browser is, and nothing of the old one is left', async () => {
    const { session, call, cancelSignIn } = begin();
    void session.withCode();
    call(0).step(code);
    await session.cancel();
    expect(cancelSignIn).toHaveBeenCalledOnce();
    expect(session).toMatchObject({ state: 'before', code: null, cancelled: true });
  });

  it('are gone again by retrying, and left by opening the browser', () => {
    const { session, calls } = begin();
    void session.byPasting();
    void session.retry();
    void session.open();
    void session.retry();
    expect(calls.map(({ options }) => options)).toEqual([
      { open: false, route: 'paste' },
      { open: false, route: 'paste' },
      { open: true },
      { open: true },
    ]);
  });

  it('put the link to be opened elsewhere on the clipboard', async () => {
    const { session, call, copyText } = begin();
    void session.byPasting();
    call(0).step(link);
    await settle();
    expect(copyText).toHaveBeenCalledWith('https://login.example/1');
    expect(session.state).toBe('waiting');
  });
});

describe('another account', () => {
  async function other() {
    const all = begin();
    void all.session.open();
    const account = { expected: 'anna@firma.nl', signed_in_as: 'admin@firma.nl' };
    all.call(0).reject(new HostError('needs-sign-in', 'other', null, account));
    await settle();
    expect(all.session.state).toBe('different-account');
    return all;
  }

  it('has four ways on, and the choice of accounts is asked from then on', async () => {
    const { session, calls } = await other();
    void session.again();
    void session.withSignInName('admin@firma.nl');
    void session.shared();
    expect(session.expected).toBe(false);
    expect(calls.slice(1).map(({ options }) => options)).toEqual([
      { open: true, chooseAccount: true },
      { open: true, chooseAccount: true, signInName: 'admin@firma.nl' },
      { open: true, chooseAccount: true, shared: true },
    ]);
  });

  it('is remembered for the mailbox while the window is open', async () => {
    await other();
    const { session, call } = begin({ shared: true });
    void session.open();
    expect(call(0).options).toEqual({ open: true, chooseAccount: true, shared: true });
  });

  it('keeps the way that was chosen when the page is opened again', async () => {
    const { session, calls } = await other();
    void session.withSignInName('admin@firma.nl');
    void session.open();
    expect(calls.at(-1)?.options.signInName).toBe('admin@firma.nl');
  });
});
