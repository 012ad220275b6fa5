import type { Attention } from '../../bindings/Attention';
import { counts } from '../../counts.svelte';
import { HostError, type Gateway } from '../../host/gateway';
import { PerGateway } from '../home/per-gateway';

/** What needs attention. It outlives its page, because every page shows how much it is. */
export class AttentionList {
  all: Attention | undefined = $state.raw();
  error: HostError | undefined = $state.raw();
  reading = $state(false);

  #again = false;

  constructor(private readonly gateway: Gateway) {}

  /** Reads it; a call while one runs makes it read once more afterwards. */
  async read(): Promise<void> {
    if (this.reading) {
      this.#again = true;
      return;
    }
    this.reading = true;
    do {
      this.#again = false;
      try {
        this.all = await this.gateway.attention();
        this.error = undefined;
        counts.attention = this.all.fixes.length;
      } catch (reason) {
        this.error = HostError.from(reason);
      }
    } while (this.wanted());
    this.reading = false;
  }

  private wanted(): boolean {
    return this.#again;
  }
}

const lists = new PerGateway<'', AttentionList>((gateway) => new AttentionList(gateway));

/** What needs attention in this window. */
export const attentionList = (gateway: Gateway): AttentionList => lists.get(gateway, '');
