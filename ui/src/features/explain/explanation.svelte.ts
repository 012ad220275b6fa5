import type { VerdictInfo } from '../../bindings/VerdictInfo';
import { announce } from '../../announce.svelte';
import { HostError, type Gateway } from '../../host/gateway';
import { m } from '../../paraglide/messages';
import { problemTitle } from './problem';
import { PerGateway } from '../home/per-gateway';

/** What was pasted, and what it means. Kept while the program runs, so that leaving the page loses nothing. */
export class Explanation {
  text = $state('');
  verdicts: VerdictInfo[] | undefined = $state.raw();
  error: HostError | undefined = $state.raw();
  busy = $state(false);
  /** The text that the verdicts are about. */
  #explained = $state('');

  readonly stale = $derived(this.verdicts !== undefined && this.text !== this.#explained);
  /** Verdicts that name a cause. */
  readonly known = $derived((this.verdicts ?? []).filter((verdict) => verdict.id !== 'unknown'));

  constructor(private readonly gateway: Gateway) {}

  async explain(): Promise<void> {
    const { text } = this;
    if (text.trim() === '' || this.busy) return;
    this.busy = true;
    this.error = undefined;
    try {
      this.verdicts = (await this.gateway.explain(text)).verdicts;
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
