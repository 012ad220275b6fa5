/** Whether this is macOS, where ⌘ stands for Ctrl. */
export const mac = /mac/i.test(navigator.platform);

const marks: Record<string, string> = mac
  ? { mod: '⌘', shift: '⇧', alt: '⌥', ctrl: '⌃' }
  : { mod: 'Ctrl', shift: 'Shift', alt: 'Alt', ctrl: 'Ctrl' };

const named: Record<string, string> = {
  arrowleft: '←',
  arrowright: '→',
  arrowup: '↑',
  arrowdown: '↓',
  escape: 'Esc',
  enter: 'Enter',
  plus: '+',
  minus: '−',
};

/** A combination as the keyboard of this system shows it: `mod+n` is Ctrl+N, or ⌘N on macOS. */
export function shownKeys(keys: string): string {
  const parts = keys.split('+').map((part) => marks[part] ?? named[part] ?? part.toUpperCase());
  return parts.join(mac ? '' : '+');
}

/** The name of a pressed combination, in the order mod, alt, shift, key. */
export function pressedKeys(event: KeyboardEvent): string {
  const key = { '+': 'plus', '=': 'plus', '-': 'minus', ' ': 'space' }[event.key] ?? event.key.toLowerCase();
  const parts: string[] = [];
  if (mac ? event.metaKey : event.ctrlKey) parts.push('mod');
  if (mac && event.ctrlKey) parts.push('ctrl');
  if (event.altKey) parts.push('alt');
  // ?, + and their like need Shift on some keyboards and not on others
  if (event.shiftKey && (key.length > 1 || /\p{L}/u.test(key)) && key !== 'plus' && key !== 'minus')
    parts.push('shift');
  return [...parts, key].join('+');
}
