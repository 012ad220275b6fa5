import type { SupportShown } from '../../bindings/SupportShown';
import { announce } from '../../announce.svelte';
import { HostError, type Gateway, type SupportWanted } from '../../host/gateway';
import { m } from '../../paraglide/messages';
import type { SupportAbout } from '../../router.svelte';
import { problemTitle } from '../explain/problem';

export type PackageState = 'collecting' | 'shown' | 'stopped' | 'failed';

/** What the host is asked for. */
function wantedOf(about: SupportAbout, test: boolean, mask: boolean): SupportWanted {
  switch (about.kind) {
    case 'mailbox':
      return { mailbox: about.mailbox, test, mask };
    case 'error':
      return { error_id: about.error, test, mask };
    case 'all':
      return { test, mask };
  }
}

/** A support package from collecting to saving. It is kept at the host; what is saved is what was shown last. */
export class PackageForSupport {
  state: PackageState = $state('collecting');
  shown: SupportShown | undefined = $state.raw();
  /** Why it was not collected, or why an action did not succeed. */
  error: HostError | undefined = $state.raw();
  /** Say not whose it is; off, as on the command line. */
  mask = $state(false);
  /** Test now, and put in what was said on each connection. */
  test = $state(false);
  /** Where it was written, while that is what is shown. */
  file: string | undefined = $state();
  mailed = $state(false);
  busy = $state(false);

  #run = 0;

  constructor(
    private readonly gateway: Gateway,
    private readonly about: SupportAbout,
  ) {}

  /** Collects everything anew. What was shown stays until then. */
  async collect(): Promise<void> {
    const run = ++this.#run;
    this.state = 'collecting';
    this.#forget();
    try {
      const shown = await this.gateway.collectSupport(wantedOf(this.about, this.test, this.mask));
      if (run === this.#run) this.#show(shown, m.support_said_ready());
    } catch (reason) {
      if (run !== this.#run) return;
      const error = HostError.from(reason);
      this.state = error.code === 'cancelled' ? 'stopped' : 'failed';
      if (this.state === 'failed') this.#fail(error);
      else announce(m.support_stopped());
    }
  }

  async stop(): Promise<void> {
    await this.gateway.stopSupport().catch(() => undefined);
  }

  /** The page goes away: nobody waits for what is being collected. */
  leave(): void {
    this.#run += 1;
    if (this.state === 'collecting') void this.stop();
  }

  /** Takes the customer out, or puts it in again. */
  async setMask(mask: boolean): Promise<void> {
    this.mask = mask;
    if (this.state !== 'shown') {
      await this.collect();
      return;
    }
    this.#forget();
    await this.#work(async () => {
      this.#show(
        await this.gateway.maskSupport(mask),
        mask ? m.support_said_masked() : m.support_said_plain(),
      );
    });
  }

  async setTest(test: boolean): Promise<void> {
    this.test = test;
    await this.collect();
  }

  /** Writes what is shown; once, until something else is shown. */
  async save(): Promise<boolean> {
    if (this.file !== undefined) return true;
    return this.#work(async () => {
      this.file = (await this.gateway.saveSupport()).file;
      announce(m.support_said_saved({ file: this.file }));
    });
  }

  /** Saves it and opens a message that it can be attached to. */
  async mail(): Promise<void> {
    if (!(await this.save())) return;
    await this.#work(async () => {
      await this.gateway.mailSupport();
      this.mailed = true;
    });
  }

  #show(shown: SupportShown, said: string): void {
    this.shown = shown;
    this.state = 'shown';
    announce(said);
  }

  #forget(): void {
    this.error = undefined;
    this.file = undefined;
    this.mailed = false;
  }

  async #work(work: () => Promise<void>): Promise<boolean> {
    this.busy = true;
    this.error = undefined;
    try {
      await work();
      return true;
    } catch (reason) {
      this.#fail(HostError.from(reason));
      return false;
    } finally {
      this.busy = false;
    }
  }

  #fail(error: HostError): void {
    this.error = error;
    announce(error.verdict?.title ?? problemTitle(error), 'assertive');
  }
}
