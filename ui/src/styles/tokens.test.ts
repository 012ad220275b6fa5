import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\(#([0-9a-f]{6}), #([0-9a-f]{6})\)/g)].map(
    ([, name, light, dark]) => [String(name), { light: String(light), dark: String(dark) }],
  ),
);

/** Relative luminance as WCAG 2 defines it. */
function luminance(hex: string): number {
  const [red, green, blue] = [0, 2, 4].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function colour(name: string, theme: 'light' | 'dark'): string {
  const token = tokens.get(name);
  if (token === undefined) throw new Error(`tokens.css has no colour --${name}`);
  return token[theme];
}

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  const surfaces = [...tokens.keys()].filter((name) => name.startsWith('surface-'));

  it.each(['text', 'text-2', 'text-3', 'accent'])('%s reads on every surface', (name) => {
    for (const surface of surfaces) {
      const ratio = contrast(colour(name, theme), colour(surface, theme));
      expect(ratio, `--${name} on --${surface}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  const meanings = [...tokens.keys()]
    .filter((name) => name.endsWith('-back'))
    .map((name) => name.replace('-back', ''));

  it.each(meanings)('%s reads on its background and on pages, texts read on it, too', (name) => {
    const pairs: [string, string][] = [
      [name, `${name}-back`],
      [name, 'surface-page'],
      [name, 'surface-subtle'],
      ['text', `${name}-back`],
      ['text-2', `${name}-back`],
    ];
    for (const [text, surface] of pairs) {
      const ratio = contrast(colour(text, theme), colour(surface, theme));
      expect(ratio, `--${text} on --${surface}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  it.each([
    ['on-ok', 'ok'],
    ['on-bad', 'bad'],
    ['on-accent', 'accent-hover'],
    ['on-accent', 'accent-press'],
  ])('%s reads on %s', (text, fill) => {
    expect(contrast(colour(text, theme), colour(fill, theme))).toBeGreaterThanOrEqual(4.5);
  });

  it('drawn lines stand out from the page', () => {
    for (const surface of ['surface-page', 'surface-field', 'surface-subtle'])
      expect(contrast(colour('line-strong', theme), colour(surface, theme))).toBeGreaterThanOrEqual(3);
  });

  it('the mark reads on its fill', () => {
    expect(contrast(colour('on-accent', theme), colour('accent-fill', theme))).toBeGreaterThanOrEqual(4.5);
  });
});
