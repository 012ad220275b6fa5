import { describe, expect, it } from 'vitest';
import { endOf, mostBytes } from './log-file';

const wide = (text: string, big: boolean) => {
  const bytes = new Uint8Array(2 + text.length * 2);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xfeff, !big);
  Array.from(text).forEach((letter, at) => {
    view.setUint16(2 + at * 2, letter.charCodeAt(0), !big);
  });
  return new Blob([bytes]);
};

describe('a log file', () => {
  it('is read as it was written', async () => {
    expect(await endOf(new Blob(['täglich\n']))).toBe('täglich\n');
    expect(await endOf(wide('535 5.7.139\n', false))).toBe('535 5.7.139\n');
    expect(await endOf(wide('535 5.7.139\n', true))).toBe('535 5.7.139\n');
    expect(await endOf(new Blob([]))).toBe('');
  });

  it('is read from its end where it is long, by whole lines', async () => {
    const long = `first\n${'x'.repeat(200)}\n`.repeat(6000);
    const text = await endOf(new Blob([`${long}535 5.7.139`]));
    expect(text.length).toBeLessThanOrEqual(mostBytes);
    expect(text.endsWith('535 5.7.139')).toBe(true);
    expect(text).toMatch(/^(first|x{200})\n/);
  });
});
