import { announce } from '../../announce.svelte';
import type { SignInStep } from '../../bindings/SignInStep';
import { HostError, type Gateway, type Route, type SignInOptions } from '../../host/gateway';
import { m } from '../../paraglide/messages';
import { problemTitle } from '../explain/problem';
import { accountIsAsked, askAccount } from './remembered';

export type SessionState =
  | 'before'
  | 'starting'
  | 'queued'
  | 'waiting' // for the browser, or for the address of its last page
  | 'code' // for a code that is shown to be used
  | 'finishing'
  | 'different-account'
  | 'failed'
  | 'done';

export type Ways = Omit<SignInOptions, 'open' | 'route'>;

/** The link of a running sign-in. */
export interface Link {
  url: string;
  /** How long it waits for the person, in milliseconds. */
  total: number;
  /** When it stops waiting, in milliseconds. */
  until: number;
}

/** The code of a running sign-in. */
export interface ShownCode {
  page: string;
  code: string;
  /** How long it can be used, in milliseconds. */
  total: number;
  /** When it ends, in milliseconds. */
  until: number;
  /** How often the provider is asked, in milliseconds. */
  every: number;
}

/** How the provider was asked last whether the code was used. */
export interface LastPoll {
  answered: boolean;
  /** When it is asked again, in milliseconds from then on. */
  again: number;
  /** When that was, in milliseconds. */
  at: number;
}

/**
 * How a session reaches the host: `signIn` for a mailbox, `signInForSetup` before there is one. What it resolves to is
 * done with the result, unless it came too late.
 */
export type Start = (options: SignInOptions, step: (step: SignInStep) => void) => Promise<() => void>;

/**
 * One person's way through a sign-in. Every try is a new request to the host; what an earlier one still says is
 * ignored. That the choice of accounts has to be asked is remembered while the window is open.
 */
export class SignInSession {
  state: SessionState = $state('before');
  /** The way that is gone, or was gone last. */
  route: Route = $state('browser');
  link: Link | null = $state.raw(null);
  code: ShownCode | null = $state.raw(null);
  polled: LastPoll | null = $state.raw(null);
  /** The time, by the second, while something waits for the person. */
  now = $state(0);
  remaining = $state(0);
  error: HostError | null = $state.raw(null);
  /** The last try was cancelled here. */
  cancelled = $state(false);
  /** Whether this try accepts nobody but the person who is expected. */
  expected = $state(true);
  /** Whose sign-in is used, where no page is shown. */
  whose: string | null = $state(null);
  /** Whether the browser was opened, or the person takes the link there. */
  opened = $state(true);
  /** Why the browser did not open, in the host's words; the sign-in waits for whoever opens the link. */
  notOpened: string | null = $state(null);
  /** Whether the clipboard has the link of a sign-in that opened no browser. */
  copied: 'no' | 'copied' | 'failed' = $state('no');

  readonly running = $derived(['starting', 'queued', 'waiting', 'code', 'finishing'].includes(this.state));

  /** Told of every failure that is shown. */
  onfailed: ((error: HostError) => void) | undefined;

  #attempt = 0;
  #ways: Ways = {};
  #clock: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly gateway: Gateway,
    /** What the choice of accounts is remembered for: the mailbox or the set-up. */
    private readonly key: string,
    private readonly start: Start,
    /** Ways that every try goes, as `shared` for a shared mailbox. */
    private readonly always: Ways = {},
    /** What is said when it is done. */
    private readonly said: () => string = m.sign_in_done,
  ) {}

  /** Opens the provider's page in the browser. Again means a new request; the old link stops working. */
  async open(): Promise<void> {
    await this.#begin(true, this.#ways, 'browser');
  }

  /** A sign-in that opens no browser: its link is put on the clipboard as soon as it is there. */
  async copyLink(): Promise<void> {
    await this.#begin(false, this.#ways, 'browser');
  }

  /** A browser elsewhere, whose last address is pasted here. Its link is put on the clipboard as well. */
  async byPasting(): Promise<void> {
    await this.#begin(false, this.#ways, 'paste');
  }

  /** A code to enter on another device. Again means a new code; the old one stops working. */
  async withCode(): Promise<void> {
    await this.#begin(false, this.#ways, 'code');
  }

  /** Once more, the same way. */
  async retry(): Promise<void> {
    await this.#begin(this.route === 'browser', this.#ways, this.route);
  }

  /** The right account, this time: the provider shows its choice of accounts. */
  async again(open = true): Promise<void> {
    askAccount(this.key);
    await this.#begin(open && this.route === 'browser', {}, this.route);
  }

  /** Who signed in is right: it is this person's sign-in name for the mailbox. */
  async withSignInName(signInName: string): Promise<void> {
    await this.#begin(this.route === 'browser', { signInName }, this.route);
  }

  /** Who signed in is right: it is a shared mailbox. */
  async shared(): Promise<void> {
    await this.#begin(this.route === 'browser', { shared: true }, this.route);
  }

  /** No page and no password: this person is signed in already, and may use the mailbox if its inbox opens. */
  async useOf(person: string): Promise<void> {
    await this.#begin(false, { whose: person }, 'browser');
  }

  /** Ends the running try; the host answers it with `cancelled`. */
  async cancel(): Promise<void> {
    if (!this.running) {
      this.#reset();
      return;
    }
    const attempt = ++this.#attempt; // whatever comes now is late
    this.#reset();
    this.cancelled = true;
    announce(m.sign_in_said_cancelled());
    try {
      await this.gateway.cancelSignIn();
    } catch (reason) {
      if (attempt === this.#attempt) this.#fail(HostError.from(reason));
    }
  }

  /** Back to the page before the sign-in. */
  before(): void {
    this.#attempt += 1;
    this.#reset();
  }

  /** The page goes away: nobody waits for the answer. */
  leave(): void {
    const { running } = this;
    this.before();
    if (running) this.gateway.cancelSignIn().catch(() => undefined);
  }

  async #begin(open: boolean, ways: Ways, route: Route): Promise<void> {
    const attempt = ++this.#attempt;
    const late = () => attempt !== this.#attempt;
    this.#ways = ways;
    this.route = route;
    const { shared = false, signInName, whose } = { ...this.always, ...ways };
    this.expected = !shared && signInName === undefined && whose === undefined;
    this.whose = whose ?? null;
    this.#stopClock();
    this.#forget();
    this.error = null;
    this.cancelled = false;
    this.opened = open;
    this.notOpened = null;
    this.copied = 'no';
    this.state = whose === undefined ? 'starting' : 'finishing';
    if (whose !== undefined) announce(m.sign_in_said_using({ person: whose }));
    try {
      const done = await this.start(this.#options(open), (step) => {
        if (!late()) this.#on(step);
      });
      if (late()) return;
      this.#stopClock();
      this.state = 'done';
      announce(this.said());
      done();
    } catch (reason) {
      if (!late()) this.#fail(HostError.from(reason));
    }
  }

  #options(open: boolean): SignInOptions {
    const options: SignInOptions = { ...this.always, ...this.#ways, open };
    if (this.route !== 'browser') options.route = this.route;
    if (accountIsAsked(this.key)) options.chooseAccount = true;
    return options;
  }

  #on(step: SignInStep): void {
    switch (step.event) {
      case 'queued':
        this.state = 'queued';
        announce(m.sign_in_said_queued());
        break;
      case 'link':
        this.state = 'waiting';
        this.link = { url: step.url, total: step.ms, until: Date.now() + step.ms };
        this.#startClock();
        if (this.opened) announce(m.sign_in_said_waiting());
        else void this.#copy(step.url);
        break;
      case 'not-opened':
        this.opened = false;
        this.notOpened = step.message;
        announce(m.sign_in_said_not_opened(), 'assertive');
        break;
      case 'code':
        this.state = 'code';
        this.code = {
          page: step.page,
          code: step.code,
          total: step.ms,
          until: Date.now() + step.ms,
          every: step.every_ms,
        };
        this.#startClock();
        announce(m.sign_in_said_code({ page: step.page, code: spelled(step.code) }));
        break;
      case 'polled':
        if (!step.answered && this.polled?.answered !== false) announce(m.sign_in_said_no_answer());
        this.polled = { answered: step.answered, again: step.again_in_ms, at: Date.now() };
        break;
      case 'came-back':
        this.#stopClock();
        this.state = 'finishing';
        announce(this.route === 'code' ? m.sign_in_said_code_used() : m.sign_in_said_finishing());
        break;
    }
  }

  async #copy(url: string): Promise<void> {
    try {
      await this.gateway.copyText(url);
      if (this.link?.url !== url) return;
      this.copied = 'copied';
      announce(m.sign_in_said_link());
    } catch {
      if (this.link?.url !== url) return;
      this.copied = 'failed';
      announce(m.sign_in_said_link_not_copied(), 'assertive');
    }
  }

  #fail(error: HostError): void {
    this.#stopClock();
    if (error.code === 'cancelled') {
      this.#reset();
      this.cancelled = true;
      announce(m.sign_in_said_cancelled());
      return;
    }
    this.error = error;
    if (error.otherAccount !== null) {
      askAccount(this.key);
      this.state = 'different-account';
    } else {
      this.state = 'failed';
    }
    announce(error.verdict?.title ?? problemTitle(error), 'assertive');
    this.onfailed?.(error);
  }

  #reset(): void {
    this.#stopClock();
    this.state = 'before';
    this.#forget();
    this.error = null;
    this.cancelled = false;
    this.#ways = {};
  }

  /** What the last try showed is good for nothing any more. */
  #forget(): void {
    this.link = null;
    this.code = null;
    this.polled = null;
  }

  #startClock(): void {
    clearInterval(this.#clock);
    const tick = () => {
      this.now = Date.now();
      this.remaining = Math.max(0, ((this.link ?? this.code)?.until ?? 0) - this.now);
    };
    tick();
    this.#clock = setInterval(tick, 1000);
  }

  #stopClock(): void {
    clearInterval(this.#clock);
  }
}

/** A code letter by letter, as a reader should say it. */
export function spelled(code: string): string {
  return Array.from(code).join(' ');
}
