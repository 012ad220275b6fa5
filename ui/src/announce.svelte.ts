import { SvelteMap } from 'svelte/reactivity';

export type Urgency = 'polite' | 'assertive';

interface Said {
  text: string;
  urgency: Urgency;
}

/** How long a text stays in its region: long enough to be read from it, short enough not to be found there. */
const stays = 4000;

let next = 0;

/** What the live regions hold now; `Announcer.svelte` draws it. */
export const said = new SvelteMap<number, Said>();

/**
 * Says a text to people who listen to the window: `polite` when the present sentence has ended, `assertive` at once
 * (errors). Say changes, not ticks.
 */
export function announce(text: string, urgency: Urgency = 'polite'): void {
  const id = next++;
  said.set(id, { text, urgency });
  setTimeout(() => said.delete(id), stays);
}
