import type { Icon } from './icon';

/** One row of a `Select`. */
export interface Option<Value extends string> {
  value: Value;
  label: string;
  /** At the end of the row: a count, or how something was found. */
  detail?: string | undefined;
  /** How deep it lies below the row above it. */
  indent?: number | undefined;
  icon?: Icon | undefined;
  /** A line above it. */
  divider?: boolean | undefined;
}

/** Where a key leads from an option, or nothing when the key does not move. */
export function stepTo(key: string, from: number, count: number): number | undefined {
  const to = {
    ArrowDown: from + 1,
    ArrowUp: from - 1,
    PageDown: from + 10,
    PageUp: from - 10,
    Home: 0,
    End: count - 1,
  }[key];
  return to === undefined ? undefined : Math.max(0, Math.min(to, count - 1));
}

/** The option that the typed letters mean: the present one while it fits, else the next that begins so. */
export function typedTo(options: readonly Option<string>[], typed: string, from: number): number | undefined {
  const letters = typed.toLocaleLowerCase();
  const same = letters === letters.charAt(0).repeat(letters.length);
  const search = same ? letters.slice(0, 1) : letters;
  const start = same ? from + 1 : from;
  for (let step = 0; step < options.length; step++) {
    const at = (start + step) % options.length;
    if (options[at]?.label.toLocaleLowerCase().startsWith(search) === true) return at;
  }
  return undefined;
}
