import type { Organisation } from '../../bindings/Organisation';
import type { OrganisationCheck } from '../../bindings/OrganisationCheck';
import { announce } from '../../announce.svelte';
import { HostError, type Gateway } from '../../host/gateway';
import { PerGateway } from '../home/per-gateway';
import { problemText, problemTitle } from '../explain/problem';
import { readText } from './words';

/** The switches of one organisation. Kept while the program runs, so that leaving the page loses nothing. */
export class OrganisationChecks {
  all: Organisation | undefined = $state.raw();
  error: HostError | undefined = $state.raw();
  busy = $state(false);
  /** What is in the field. */
  text = $state('');
  /** The text that `all` was read with. */
  #read = $state('');
  #chosen: string | undefined = $state();
  /** What was asked for while an answer was awaited. */
  #next: string | undefined;

  readonly stale = $derived(this.#read !== '' && this.text !== this.#read);
  /** The switch whose details are shown: the chosen one, else the first with something to do. */
  readonly current: OrganisationCheck | undefined = $derived.by(() => {
    const checks = this.all?.checks ?? [];
    const chosen = checks.find(({ id }) => id === this.#chosen);
    const first = (outcome: string) => checks.find((check) => check.outcome === outcome);
    return chosen ?? first('failed') ?? first('unchecked') ?? checks[0];
  });

  constructor(
    private readonly gateway: Gateway,
    private readonly registration: string,
  ) {}

  choose(id: string): void {
    this.#chosen = id;
  }

  /** Looks again, with what was pasted and read before. */
  async look(): Promise<void> {
    await this.ask(this.#read);
  }

  /** Reads what is in the field. */
  async read(): Promise<void> {
    if (this.text.trim() === '') return;
    if (await this.ask(this.text)) {
      this.#chosen = undefined; // what was found is shown first
      if (this.all !== undefined) announce(readText(this.all));
    }
  }

  /** Forgets what was pasted. */
  async clear(): Promise<void> {
    this.text = '';
    if (this.#read !== '' || this.busy) await this.ask('');
  }

  private async ask(text: string): Promise<boolean> {
    if (this.busy) {
      this.#next = text;
      return false;
    }
    this.busy = true;
    this.error = undefined;
    try {
      this.all = await this.gateway.organisation(this.registration, text === '' ? null : text);
      this.#read = text;
      return true;
    } catch (reason) {
      this.error = HostError.from(reason);
      announce(problemText(this.error) ?? problemTitle(this.error), 'assertive');
      return false;
    } finally {
      this.busy = false;
      const next = this.#next;
      this.#next = undefined;
      if (next !== undefined) void this.ask(next);
    }
  }
}

const organisations = new PerGateway<string, OrganisationChecks>(
  (gateway, id) => new OrganisationChecks(gateway, id),
);

/** The organisation behind an app registration, in this window. */
export const organisationChecks = (gateway: Gateway, id: string): OrganisationChecks =>
  organisations.get(gateway, id);
