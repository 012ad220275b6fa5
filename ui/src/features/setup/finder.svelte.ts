import { announce } from '../../announce.svelte';
import type { Found } from '../../bindings/Found';
import { HostError, type Gateway } from '../../host/gateway';
import { m } from '../../paraglide/messages';
import { domainOf } from './forms';

/** Finds out what is known about an address. A newer address, or `stop`, makes an answer late; late ones are dropped. */
export class Finder {
  state: 'idle' | 'looking' | 'found' | 'failed' = $state('idle');
  found: Found | null = $state.raw(null);
  error: HostError | null = $state.raw(null);

  #address = '';
  #turn = 0;
  #running: Promise<Found | null> | undefined;

  constructor(private readonly gateway: Gateway) {}

  /** What is known; null when it is not known, or nobody wants to know any more. */
  look(address: string): Promise<Found | null> {
    const wanted = address.trim();
    if (wanted === this.#address) {
      if (this.state === 'found') return Promise.resolve(this.found);
      if (this.state === 'looking' && this.#running) return this.#running;
    }
    this.#running = this.#ask(wanted);
    return this.#running;
  }

  /** Asks again, for example because an app registration was added. */
  again(address: string): Promise<Found | null> {
    this.stop();
    return this.look(address);
  }

  /** Whether what is known, or being found, is about this address. */
  isAbout(address: string): boolean {
    return this.#address === address.trim();
  }

  stop(): void {
    this.#turn += 1;
    this.#address = '';
    this.#running = undefined;
    this.state = 'idle';
    this.found = null;
    this.error = null;
  }

  async #ask(address: string): Promise<Found | null> {
    const turn = ++this.#turn;
    this.#address = address;
    this.state = 'looking';
    this.found = null;
    this.error = null;
    try {
      const found = await this.gateway.find(address);
      if (turn !== this.#turn) return null;
      this.found = found;
      this.state = 'found';
      return found;
    } catch (reason) {
      if (turn !== this.#turn) return null;
      this.error = HostError.from(reason);
      this.state = 'failed';
      announce(m.setup_said_not_found({ domain: domainOf(address) }), 'assertive');
      return null;
    }
  }
}
