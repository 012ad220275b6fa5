import { SvelteSet } from 'svelte/reactivity';
import { pressedKeys } from './key-names';

/** What a combination does, and the words for it in the list of keys. */
export interface KeyAction {
  text: string;
  run: () => void;
}

/** Combinations such as `mod+n`, `alt+arrowleft`, `f1`, `escape` or `enter`. */
export type Keys = Record<string, KeyAction | undefined>;

/** What is registered now, oldest first: the window's own keys, then those of the page. */
const registered = new SvelteSet<() => Keys>();

/**
 * Gives keys to a component for as long as it is there; call it in the component's script. The newest registration of
 * a combination counts. While somebody types in a field, only combinations with `mod` or `alt`, F keys and Escape
 * act, and Enter in a field of one line.
 */
export function keys(wanted: Keys | (() => Keys)): void {
  const read = typeof wanted === 'function' ? wanted : () => wanted;
  $effect(() => {
    registered.add(read);
    return () => registered.delete(read);
  });
}

/** Every combination that acts now, with its action: those of the window first, then those of the page. */
export function allKeys(): [combination: string, action: KeyAction][] {
  const all = [...registered].flatMap((read) => Object.entries(read()));
  return all.filter(
    (entry, at): entry is [string, KeyAction] =>
      entry[1] !== undefined && !all.slice(at + 1).some(([later, action]) => later === entry[0] && action),
  );
}

const typing = 'input:not([type=checkbox]):not([type=radio]), textarea, [contenteditable], [role=combobox]';
const takesEnter = 'button, a[href], summary, textarea, select, [role=row], [role=option], [role=grid]';

/** Acts on a pressed key; `Keys.svelte` listens for it. */
export function pressKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]') !== null) return;
  const combination = pressedKeys(event);
  const target = event.target instanceof Element ? event.target : null;
  if (combination === 'enter' && target?.closest(takesEnter)) return;
  const free = /^(mod|alt|f\d|escape$|enter$)/.test(combination);
  if (!free && target?.closest(typing)) return;
  const action = allKeys().find(([known]) => known === combination)?.[1];
  if (action === undefined) return;
  event.preventDefault();
  action.run();
}
