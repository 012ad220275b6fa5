import { announce } from '../../announce.svelte';
import type { ApprovalInfo } from '../../bindings/ApprovalInfo';
import { HostError, type ApprovalDone, type ApprovalSubject, type Gateway } from '../../host/gateway';
import { m } from '../../paraglide/messages';
import { problemTitle } from '../explain/problem';
import { SignInSession } from '../sign-in/session.svelte';

export type Way = 'ask' | 'administrator';

/** An administrator's approval, as the sign-in it is needed for sees it. What is done is kept by the host. */
export class ApprovalState {
  info: ApprovalInfo | null = $state.raw(null);
  /** Why something that was begun here did not succeed. */
  error: HostError | null = $state.raw(null);
  checking = $state(false);
  mailing = $state(false);
  /** An administrator has approved while this page was open. */
  given = $state(false);

  /** Whether the sign-in has to wait for it. */
  readonly waits = $derived(this.info?.status === 'waiting-for-admin');
  readonly way: Way = $derived(this.info?.way === 'administrator' ? 'administrator' : 'ask');

  /** The administrator in front of this computer, in the browser. */
  readonly here: SignInSession;

  /** What is done when it is known to be there: the sign-in that failed for want of it is past. */
  ongiven: (() => void) | undefined;

  constructor(
    private readonly gateway: Gateway,
    readonly of: ApprovalSubject,
  ) {
    const key = `approval ${'mailbox' in of ? of.mailbox : of.registration}`;
    this.here = new SignInSession(
      gateway,
      key,
      async ({ open }, step) => {
        const info = await gateway.approveHere(of, open, step);
        return () => {
          this.info = info;
          this.given = true;
          this.ongiven?.();
        };
      },
      {},
      m.approval_said_given,
    );
  }

  /** Reads how it stands. Not knowing is no obstacle to a sign-in. */
  async read(): Promise<void> {
    try {
      this.info = await this.gateway.approval(this.of);
    } catch {
      this.info = null;
    }
  }

  async choose(way: Way): Promise<void> {
    if (this.info !== null) this.info = { ...this.info, way };
    this.here.before();
    await this.note(way);
  }

  /** Notes what was done; that it could not be noted is said and changes nothing else. */
  async note(done: ApprovalDone): Promise<void> {
    await this.#attempt(() => this.gateway.noteApproval(this.of, done));
  }

  /** Hands the message to the mail program. */
  async mail(): Promise<void> {
    this.mailing = true;
    await this.#attempt(() => this.gateway.mailApproval(this.of));
    this.mailing = false;
  }

  /** Looks again, without a person. */
  async check(): Promise<void> {
    this.checking = true;
    const done = await this.#attempt(() => this.gateway.checkApproval(this.of));
    this.checking = false;
    if (!done) return;
    announce(foundText(this.info));
    if (this.info?.found === 'approved') this.ongiven?.();
  }

  async #attempt(work: () => Promise<ApprovalInfo>): Promise<boolean> {
    this.error = null;
    try {
      this.info = await work();
      return true;
    } catch (reason) {
      this.error = HostError.from(reason);
      announce(this.error.verdict?.title ?? problemTitle(this.error), 'assertive');
      return false;
    }
  }
}

/** What the last look found. */
export function foundText(info: ApprovalInfo | null): string {
  switch (info?.found) {
    case 'approved':
      return m.approval_found_approved();
    case 'not-yet':
      return m.approval_found_not_yet();
    case 'unreachable':
      return m.approval_found_unreachable();
    case 'unseen':
      return m.approval_found_unseen();
    default:
      return m.approval_found_nothing();
  }
}
