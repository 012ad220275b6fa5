import type { VerdictInfo } from '../../bindings/VerdictInfo';
import { announce } from '../../announce.svelte';
import { HostError, type Gateway, type Seen } from '../../host/gateway';
import { m } from '../../paraglide/messages';
import { problemTitle } from './problem';
import { PerGateway } from '../home/per-gateway';

/** Where a text was seen; what is not known is `any`. */
export type Where = 'any' | 'browser' | 'sending' | 'reading';

/** Whose mailbox it is about. */
export type Whose = 'any' | 'microsoft' | 'google' | 'custom';

/** The stages of the catalogue that a person can tell apart. */
const stages: Record<Where, string | undefined> = {
  any: undefined,
  browser: 'oauth-authorize',
  sending: 'smtp-auth',
  reading: 'imap-auth',
};

/** What was pasted, and what it means. Kept while the program runs, so that leaving the page loses nothing. */
export class Explanation {
  text = $state('');
  where: Where = $state('any');
  whose: Whose = $state('any');
  verdicts: VerdictInfo[] | undefined = $state.raw();
  error: HostError | undefined = $state.raw();
  busy = $state(false);
  /** The text that the verdicts are about. */
  #explained = $state('');

  readonly stale = $derived(this.verdicts !== undefined && this.text !== this.#explained);
  /** Verdicts that name a cause. */
  readonly known = $derived((this.verdicts ?? []).filter((verdict) => verdict.id !== 'unknown'));
  /** Where what is said comes from, each source once. */
  readonly sources = $derived(
    this.known
      .map(({ source, checked_on }) => m.explain_source({ source, day: checked_on }))
      .filter((source, at, all) => all.indexOf(source) === at),
  );

  constructor(private readonly gateway: Gateway) {}

  async explain(): Promise<void> {
    const { text } = this;
    if (text.trim() === '' || this.busy) return;
    this.busy = true;
    this.error = undefined;
    try {
      this.verdicts = (await this.gateway.explain(text, this.#seen())).verdicts;
      this.#explained = text;
      announce(this.summary);
    } catch (reason) {
      this.error = HostError.from(reason);
      this.verdicts = undefined;
      announce(problemTitle(this.error), 'assertive');
    } finally {
      this.busy = false;
    }
  }

  /** What was explained is explained again, with what is known now about where it was seen. */
  async weighAgain(): Promise<void> {
    if (this.verdicts !== undefined && !this.stale) await this.explain();
  }

  #seen(): Seen {
    const stage = stages[this.where];
    return {
      ...(stage === undefined ? {} : { stage }),
      ...(this.whose === 'any' ? {} : { provider: this.whose }),
    };
  }

  /** How many causes were found, in words. */
  get summary(): string {
    const { length } = this.known;
    return length === 0 ? m.explain_nothing() : m.explain_found({ count: length });
  }

  clear(): void {
    this.text = '';
    this.verdicts = undefined;
    this.error = undefined;
  }
}

const explanations = new PerGateway<'', Explanation>((gateway) => new Explanation(gateway));

/** The explanation of this window. */
export const explanation = (gateway: Gateway): Explanation => explanations.get(gateway, '');
