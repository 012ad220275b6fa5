import { announce } from '../../announce.svelte';
import type { MailboxPage } from '../../bindings/MailboxPage';
import type { ReportInfo } from '../../bindings/ReportInfo';
import type { SetupForm } from '../../bindings/SetupForm';
import type { SetupInfo } from '../../bindings/SetupInfo';
import { HostError, type Gateway } from '../../host/gateway';
import { m } from '../../paraglide/messages';
import { hasPassword } from '../access/access';
import { problemTitle } from '../explain/problem';
import { began } from './began';
import { Finder } from './finder.svelte';
import {
  byHand,
  emptyForm,
  faultsOf,
  filled,
  hasFolders,
  isBlank,
  stepIds,
  stepOf,
  wantsPassword,
  withFound,
  type StepId,
} from './forms';
import { Saver } from './saver.svelte';

/** One set-up in the window: where it stands, what was typed, and every way from step to step. */
export class SetupState {
  id: string | null = $state(null);
  step: StepId = $state('address');
  form: SetupForm = $state(emptyForm());
  /** Id of the mailbox, once it was confirmed. */
  mailbox: string | null = $state(null);
  /** Who signed in before there was a mailbox. */
  signedInAs: string | null = $state(null);
  /** What the host has about the mailbox, once there is one. */
  page: MailboxPage | null = $state.raw(null);
  /** The last test, also before the page has it. */
  report: ReportInfo | null = $state.raw(null);
  state: 'loading' | 'ready' | 'failed' = $state('ready');
  /** Why the set-up or its mailbox could not be read. */
  error: HostError | null = $state.raw(null);
  /** Why the settings were not taken. */
  refused: HostError | null = $state.raw(null);
  busy = $state(false);
  /** The person asked for the way on; from then on missing things are said. */
  tried = $state(false);
  /** The checks send a message to the mailbox itself, unless somebody does not want that. */
  sendMessage = $state(true);
  /** The checks begin by themselves when their step is reached. */
  testAtOnce = false;
  /** The page is left for something that leads back to it, so that it stays although nothing was entered. */
  comesBack = false;

  readonly finder: Finder;
  readonly saver: Saver;
  /** The password of the servers, until the host has it; it is no part of the form and is kept nowhere else. */
  password = $state('');
  /** The host has one already, which may stay. */
  readonly hasPassword = $derived(this.page !== null && hasPassword(this.page.home));
  readonly faults = $derived(faultsOf(this.form, this.hasPassword || this.password !== ''));

  /**
   * Whether the chosen app registration can have access without anybody who signs in; what was chosen before stays a
   * choice, so that it can be seen and changed.
   */
  readonly mayHaveNobody = $derived.by(() => {
    const { registration, who_signs_in: who } = this.form;
    const all = this.finder.found?.registrations ?? [];
    return who === 'nobody' || all.some(({ id, app_only }) => app_only && id === registration);
  });

  #ended = false;
  #left = false;

  constructor(
    private readonly gateway: Gateway,
    /** A new set-up got its id. */
    private readonly named: (id: string) => void = () => undefined,
  ) {
    this.finder = new Finder(gateway);
    this.saver = new Saver(
      () => this.#present(),
      () => this.#save(),
    );
    this.saver.isSaved();
  }

  /** Goes on with a set-up that was begun. */
  async open(id: string): Promise<void> {
    this.state = 'loading';
    this.error = null;
    try {
      this.#take(await this.gateway.setup(id));
      if (this.mailbox !== null) await this.readMailbox();
      this.state = 'ready';
    } catch (reason) {
      this.error = HostError.from(reason);
      this.state = 'failed';
      return;
    }
    if (this.step === 'confirm') await this.find();
  }

  /** Looks up the address and fills in what was found. */
  async find(): Promise<void> {
    const found = await this.finder.look(this.form.address);
    if (found !== null) this.form = withFound(this.form, found);
  }

  /** To be called whenever the form changed. */
  touched(): void {
    if (this.id === null && isBlank(this.form)) return;
    this.saver.touch();
  }

  /** Where the servers want a password, that is entered with them and there is no sign-in. */
  async go(step: StepId): Promise<void> {
    this.step = step === 'sign-in' && wantsPassword(this.form) ? 'confirm' : step;
    this.refused = null;
    this.tried = false;
    const saving = this.saver.flush();
    if (this.mailbox !== null && this.page === null && stepIds.indexOf(step) > 1) await this.#showMailbox();
    await saving;
  }

  /** One step back; nothing that was typed is lost. The folders of a mailbox that has none here are no step. */
  async back(): Promise<void> {
    const before = { address: null, confirm: 'address', 'sign-in': 'confirm', checks: 'sign-in' } as const;
    if (this.step === 'done') await this.go(hasFolders(this.form) ? 'folders' : 'checks');
    else if (this.step === 'folders') await this.go('checks');
    else if (before[this.step] !== null) await this.go(before[this.step] ?? 'address');
  }

  /** Servers by hand, filled with what is known; without waiting for anything that is still being found. */
  async enterByHand(): Promise<void> {
    if (this.finder.state === 'looking') this.finder.stop();
    this.form = byHand(this.form, this.finder.found);
    await this.go('confirm');
  }

  /** Takes what was found instead of the servers by hand; those stay in the form. */
  useFound(): void {
    this.form.manual = false;
  }

  /** Checks the form and makes or changes the mailbox. False when something is missing or refused. */
  async confirm(): Promise<boolean> {
    this.tried = true;
    this.refused = null;
    if (Object.keys(this.faults).length > 0) return false;
    this.busy = true;
    try {
      if (!(await this.saver.flush()) || this.id === null) return false;
      const asked = this.#present();
      const password = wantsPassword(this.form) && this.password !== '' ? this.password : null;
      const info = await this.gateway.confirmSetup(this.id, password);
      this.password = '';
      if (this.#present() !== asked) {
        this.#keep(info);
        return false;
      }
      this.#take(info);
      await this.readMailbox();
      this.testAtOnce = this.step === 'checks';
      return true;
    } catch (reason) {
      this.refused = HostError.from(reason);
      announce(this.refused.verdict?.title ?? problemTitle(this.refused), 'assertive');
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** What a sign-in without an address filled in. */
  signedIn(info: SetupInfo): void {
    this.#take(info);
    void this.find();
  }

  async readMailbox(): Promise<void> {
    if (this.mailbox === null) return;
    this.page = await this.gateway.mailbox(this.mailbox);
    this.report = this.page.report;
  }

  /** Makes sure that the host keeps this set-up, also before anything was typed. */
  keep(): Promise<boolean> {
    return this.id === null ? this.saver.force() : this.saver.flush();
  }

  /** The set-up is over; a mailbox that it made stays. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.saver.close(); // what is saved last may begin it
    if (this.id !== null) await this.gateway.endSetup(this.id).catch(() => undefined);
  }

  /** The page goes away: what was typed is kept, what never held anything is not. */
  leave(): void {
    this.finder.stop();
    this.#left = true;
    if (this.#ended) return;
    const empty = this.mailbox === null && this.signedInAs === null && isBlank(this.form);
    if (this.id !== null && empty && !this.comesBack) {
      void this.end();
    } else if (this.id !== null || !isBlank(this.form)) {
      void this.saver.flush();
    }
  }

  async #showMailbox(): Promise<void> {
    try {
      await this.readMailbox();
    } catch (reason) {
      this.error = HostError.from(reason);
      this.state = 'failed';
    }
  }

  async #save(): Promise<void> {
    const info = await this.gateway.saveSetup(this.id, this.step, $state.snapshot(this.form));
    this.mailbox = info.mailbox ?? this.mailbox; // it may have been confirmed meanwhile
    this.signedInAs = info.signed_in_as;
    if (this.id === null) {
      this.id = info.id;
      began(info.id);
      if (!this.#left) this.named(info.id);
    }
  }

  #present(): string {
    return JSON.stringify([this.step, this.form]);
  }

  /** Somebody typed on, or went back, while it was confirmed: nothing of that is lost or passed over. */
  #keep(info: SetupInfo): void {
    this.mailbox = info.mailbox;
    this.signedInAs = info.signed_in_as;
    void this.saver.force();
    if (!this.#left && this.step === 'confirm') announce(m.setup_said_changed(), 'assertive');
  }

  #take(info: SetupInfo): void {
    this.id = info.id;
    this.step = stepOf(info.step);
    this.mailbox = info.mailbox;
    this.signedInAs = info.signed_in_as;
    this.form = filled(info.form);
    if (info.mailbox === null && stepIds.indexOf(this.step) > 1) this.step = 'confirm';
    this.saver.isSaved();
    if (stepIds.indexOf(this.step) < 2) began(info.id);
  }
}
