import type { MailboxPage } from '../../bindings/MailboxPage';
import type { Permission } from '../../bindings/Permission';
import type { SignedOut } from '../../bindings/SignedOut';
import { announce } from '../../announce.svelte';
import { HostError, type Gateway, type MailboxChange } from '../../host/gateway';
import { m } from '../../paraglide/messages';
import { problemTitle } from '../explain/problem';
import { homeList } from '../home/home-list.svelte';
import { PerGateway } from '../home/per-gateway';
import { changedIn, changeOf, faultsOf, settingsOf, type Faults, type Settings, type Side } from './settings';

/** One mailbox. It outlives its page, so that what was typed and not saved is still there. */
export class MailboxState {
  page: MailboxPage | undefined = $state.raw();
  error: HostError | undefined = $state.raw();
  /** What the provider asks people for; names of the granted permissions come from it. */
  permissions: Permission[] = $state.raw([]);
  reading = $state(false);

  before: Settings | undefined = $state.raw();
  typed: Settings | undefined = $state();
  faults: Faults = $state({});
  /** Why saving did not succeed, where no field is to blame alone. */
  notSaved: HostError | undefined = $state.raw();
  saving = $state(false);
  /** Saved, and not tested since. */
  saved = $state(false);

  /** Why an action of the page did not succeed. */
  problem: HostError | undefined = $state.raw();
  signedOut: SignedOut | undefined = $state.raw();

  #read = 0;

  constructor(
    private readonly gateway: Gateway,
    readonly which: string,
  ) {}

  /** Reads the page; an answer that a newer call has overtaken is dropped. */
  async read(): Promise<void> {
    const read = ++this.#read;
    this.reading = true;
    try {
      const page = await this.gateway.mailbox(this.which);
      if (read !== this.#read) return;
      this.#take(page);
      if (page.registration_id !== null) await this.#readPermissions(page, page.registration_id);
    } catch (reason) {
      if (read === this.#read) this.error = HostError.from(reason);
    } finally {
      if (read === this.#read) this.reading = false;
    }
  }

  /** What was typed and not saved stays; the rest follows what is saved. */
  #take(page: MailboxPage): void {
    const { before, typed } = this;
    const now = settingsOf(page);
    this.page = page;
    this.error = undefined;
    if (before === undefined || typed === undefined) {
      this.typed = { ...now };
    } else {
      const kept = [...changedIn('sending', before, typed), ...changedIn('receiving', before, typed)];
      this.typed = { ...now, ...Object.fromEntries(kept.map((name) => [name, typed[name]])) };
    }
    this.before = now;
  }

  async #readPermissions(page: MailboxPage, registration: string): Promise<void> {
    try {
      const { protocols } = page.details;
      const all = protocols.includes('graph') ? [...protocols, 'graph-for-others'] : protocols;
      this.permissions = await this.gateway.permissions(registration, all);
    } catch {
      this.permissions = []; // the official names are shown all the same
    }
  }

  /** Replaces the password in the keychain; why not, where it was refused. */
  async enterPassword(password: string): Promise<HostError | undefined> {
    try {
      await this.gateway.changeMailbox(this.which, { password });
    } catch (reason) {
      return HostError.from(reason);
    }
    announce(m.mailbox_password_saved());
    await this.read();
    return undefined;
  }

  isChanged(side: Side): boolean {
    if (this.before === undefined || this.typed === undefined) return false;
    return changedIn(side, this.before, this.typed).length > 0;
  }

  /** Gives the fields of a tab their saved values again. */
  undo(side: Side): void {
    if (this.before === undefined || this.typed === undefined) return;
    const names = changedIn(side, this.before, this.typed);
    const { before } = this;
    this.typed = { ...this.typed, ...Object.fromEntries(names.map((name) => [name, before[name]])) };
    this.faults = {};
    this.notSaved = undefined;
  }

  /** What saving a tab would change; nothing where it would not. */
  unsaved(side: Side): MailboxChange | undefined {
    const { before, typed, page } = this;
    if (before === undefined || typed === undefined || page === undefined || !this.isChanged(side)) {
      return undefined;
    }
    return changeOf(side, before, $state.snapshot(typed), page.details.sign_in_name);
  }

  /** Whether the fields of a tab can be right; if not, it is said below them. */
  isRight(side: Side): boolean {
    if (this.typed !== undefined) this.faults = faultsOf(side, $state.snapshot(this.typed));
    return Object.keys(this.faults).length === 0;
  }

  /** Saves the changed fields of a tab. */
  async save(side: Side): Promise<boolean> {
    const { before, typed, page } = this;
    if (before === undefined || typed === undefined || page === undefined) return false;
    const sent = $state.snapshot(typed);
    const names = changedIn(side, before, sent);
    this.notSaved = undefined;
    this.faults = faultsOf(side, sent);
    if (Object.keys(this.faults).length > 0 || names.length === 0) return false;
    this.saving = true;
    try {
      const change = changeOf(side, before, sent, page.details.sign_in_name);
      await this.gateway.changeMailbox(this.which, change);
    } catch (reason) {
      this.#refuse(HostError.from(reason), names);
      return false;
    } finally {
      this.saving = false;
    }
    // What was sent is saved now; reading takes it in the host's spelling. The other tab, and what was typed
    // meanwhile, is not.
    this.before = {
      ...(this.before ?? before),
      ...Object.fromEntries(names.map((name) => [name, sent[name]])),
    };
    this.saved = true;
    announce(m.mailbox_saved());
    await this.read();
    return true;
  }

  #refuse(error: HostError, changed: readonly (keyof Settings)[]): void {
    const [only] = changed;
    if (error.code === 'usage' && changed.length === 1 && only !== undefined) {
      this.faults = { [only]: error.message };
    } else {
      this.notSaved = error;
      announce(error.verdict?.title ?? problemTitle(error), 'assertive');
    }
  }

  /** Makes a place that was seen to work, `HOST:PORT:MODE`, the server of the mailbox; true when it is. */
  async useServer(protocol: 'imap' | 'smtp', place: string): Promise<boolean> {
    const done = await this.#attempt(async () => {
      await this.gateway.changeMailbox(this.which, { [protocol]: place });
    });
    if (done) await this.read();
    return done;
  }

  async signOut(keepRemote: boolean): Promise<void> {
    await this.#attempt(async () => {
      this.signedOut = await this.gateway.signOut(this.which, keepRemote);
      announce(this.signedOut.note);
    });
    await this.read();
  }

  /** Takes the mailbox off the list; true when it is gone and can be brought back from its toast. */
  async remove(): Promise<boolean> {
    return this.#attempt(async () => {
      const removed = await this.gateway.removeMailbox(this.which);
      states.forget(this.gateway, this.which);
      homeList(this.gateway).removed(removed.id, removed.name);
    });
  }

  async #attempt(work: () => Promise<void>): Promise<boolean> {
    this.problem = undefined;
    try {
      await work();
      return true;
    } catch (reason) {
      this.problem = HostError.from(reason);
      announce(this.problem.verdict?.title ?? problemTitle(this.problem), 'assertive');
      return false;
    }
  }
}

const states = new PerGateway<string, MailboxState>((gateway, which) => new MailboxState(gateway, which));

/** The state of one mailbox in this window. */
export const mailboxState = (gateway: Gateway, which: string): MailboxState => states.get(gateway, which);
