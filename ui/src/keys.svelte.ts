import { SvelteSet } from 'svelte/reactivity';
import { mac, pressedKeys } from './key-names';

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
 * act, and Enter in a field of one line; copying, pasting and undoing in the field stay what they are.
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
const takesEnter =
  'button, a[href], [role=link], summary, textarea, select, [role=row], [role=option], [role=grid]';

/** Whether a combination is no part of typing: not a letter, not copying or undoing, not a word's length on macOS. */
function actsWhileTyping(combination: string): boolean {
  if (/^mod\+[acvxyz]$/.test(combination)) return false;
  return /^(mod\+|f\d|escape$|enter$)/.test(combination) || (!mac && combination.startsWith('alt+'));
}

/** Acts on a pressed key; `Keys.svelte` listens for it. */
export function pressKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]') !== null) return;
  const combination = pressedKeys(event);
  const target = event.target instanceof Element ? event.target : null;
  if (combination === 'enter' && target?.closest(takesEnter)) return;
  if (target?.closest(typing) && !actsWhileTyping(combination)) return;
  const action = allKeys().find(([known]) => known === combination)?.[1];
  if (action === undefined) return;
  event.preventDefault();
  action.run();
}
