import { announce } from '../../announce.svelte';
import type { Permission } from '../../bindings/Permission';
import type { ProblemDetails } from '../../bindings/ProblemDetails';
import type { Readiness } from '../../bindings/Readiness';
import type { UsableSignIn } from '../../bindings/UsableSignIn';
import { HostError, type Gateway } from '../../host/gateway';
import { m } from '../../paraglide/messages';
import { usualProtocols } from '../../protocols';
import { ApprovalState } from '../approval/approval.svelte';
import type { SessionState, SignInSession } from './session.svelte';

/** Whom a sign-in is for. */
export interface Subject {
  /** Address of the mailbox; null where the sign-in will tell it. */
  address: string | null;
  /** The sign-in name that is expected; null where anybody is. */
  person: string | null;
  /** `microsoft`, `google` or `custom` */
  provider: string;
  registration: { id: string; name: string };
  sends: boolean;
  receives: boolean;
  /** What it is used with; where it is absent, reading is by IMAP. */
  protocols?: readonly string[] | undefined;
  shared: boolean;
  /** Id of the mailbox; absent where there is none yet. */
  mailbox?: string | undefined;
}

export type View = SessionState | 'not-ready' | 'approval' | 'approving';

/** A sign-in with what is around it: is this computer ready, what will be asked for. */
export class SignInFlow {
  readiness: Readiness | null = $state.raw(null);
  /** Why nothing is known about this computer. */
  unknown: HostError | null = $state.raw(null);
  checking = $state(false);
  permissions: Permission[] = $state.raw([]);
  /** Whose sign-in this mailbox could use without another one. */
  usable: UsableSignIn[] = $state.raw([]);

  /** What stands in the way on this computer, found before the browser opens or during the sign-in. */
  readonly problem: HostError | null = $derived.by(() => {
    const { error, state } = this.session;
    if (state === 'failed') return error?.code === 'keychain' ? error : null;
    // A browser that does not start keeps nobody from opening the link.
    const part = this.readiness?.parts.find(({ id, problem }) => id !== 'browser' && problem !== null);
    return this.readiness?.ready === false && part?.problem ? asError(part.problem) : null;
  });

  readonly view: View = $derived.by(() => {
    const { state } = this.session;
    if (this.approval.here.running) return 'approving';
    if (this.approval.waits && (state === 'before' || state === 'failed')) return 'approval';
    return this.problem !== null && (state === 'before' || state === 'failed') ? 'not-ready' : state;
  });

  /** The view's name for tests: a sign-in that failed has failed, also where the computer is to blame. */
  readonly hook: View = $derived.by(() => {
    const approving = this.view === 'approval' || this.view === 'approving';
    return this.session.state === 'failed' && !approving ? 'failed' : this.view;
  });

  /** The administrator's approval, where it is needed. */
  readonly approval: ApprovalState;

  constructor(
    private readonly gateway: Gateway,
    readonly session: SignInSession,
    readonly subject: Subject,
  ) {
    const { mailbox, registration } = subject;
    this.approval = new ApprovalState(
      gateway,
      mailbox === undefined ? { registration: registration.id } : { mailbox },
    );
    session.onfailed = (error) => {
      if (error.code === 'needs-administrator') void this.approval.read();
    };
    this.approval.ongiven = () => {
      if (session.state === 'failed') session.before();
    };
  }

  async load(): Promise<void> {
    await Promise.all([this.#check(), this.#ask(), this.#others(), this.approval.read()]);
  }

  /** After a sign-in that failed here: what was read before it is no longer so. */
  async lookAgain(): Promise<void> {
    if (this.session.state === 'failed' && this.session.error?.code === 'keychain') await this.#check();
  }

  /** The page in the browser says that an administrator has to approve: nobody waits for it any longer. */
  async needsApproval(): Promise<void> {
    if (this.session.running) await this.session.cancel();
    await this.approval.note('needed');
  }

  /** Tries the sign-in although an approval is waited for; that is the proof. */
  async tryAnyway(): Promise<void> {
    await this.session.open();
  }

  /** The page goes away. */
  leave(): void {
    this.approval.here.leave();
    this.session.leave();
  }

  /** Looks again at this computer; where all is well now, the way to the browser is open again. */
  async checkAgain(): Promise<void> {
    await this.#check();
    if (this.readiness?.ready === true) {
      if (this.session.state === 'failed') this.session.before();
      announce(m.sign_in_said_ready());
    } else {
      announce(m.sign_in_said_not_ready(), 'assertive');
    }
  }

  async #check(): Promise<void> {
    this.checking = true;
    try {
      this.readiness = await this.gateway.readiness(this.subject.registration.id);
      this.unknown = null;
    } catch (reason) {
      this.readiness = null;
      this.unknown = HostError.from(reason);
    } finally {
      this.checking = false;
    }
  }

  async #others(): Promise<void> {
    const { mailbox } = this.subject;
    if (mailbox === undefined) return;
    try {
      this.usable = await this.gateway.usableSignIns(mailbox);
    } catch {
      this.usable = []; // signing in anew is always possible
    }
  }

  async #ask(): Promise<void> {
    const { registration, sends, receives, protocols = usualProtocols(sends, receives) } = this.subject;
    try {
      this.permissions = await this.gateway.permissions(registration.id, protocols);
    } catch {
      this.permissions = []; // the page then speaks of permissions without naming them
    }
  }
}

/** A problem that was told in advance, as the sign-in would say it. */
export function asError({ code, message, verdict }: ProblemDetails): HostError {
  return new HostError(code, message, verdict);
}
