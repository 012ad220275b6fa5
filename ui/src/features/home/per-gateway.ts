import type { Gateway } from '../../host/gateway';
import { outliving } from './outliving.svelte';

/** One value per gateway and key, made when it is first asked for. It outlives the pages that show it. */
export class PerGateway<Key, Value> {
  readonly #all = new WeakMap<Gateway, Map<Key, Value>>();

  constructor(private readonly make: (gateway: Gateway, key: Key) => Value) {}

  get(gateway: Gateway, key: Key): Value {
    const own = this.#all.get(gateway) ?? new Map<Key, Value>();
    this.#all.set(gateway, own);
    const known = own.get(key);
    if (known !== undefined) return known;
    const made = outliving(() => this.make(gateway, key));
    own.set(key, made);
    return made;
  }

  forget(gateway: Gateway, key: Key): void {
    this.#all.get(gateway)?.delete(key);
  }
}
