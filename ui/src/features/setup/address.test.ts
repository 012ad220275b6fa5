import { describe, expect, it } from 'vitest';
import { addressFault } from './address';

describe('an address', () => {
  it.each(['', 'a', 'anna@', 'anna@firma', ' anna@firma.nl '])(
    'is not blamed while it is typed: “%s”',
    (text) => {
      expect(addressFault(text, false)).toBeUndefined();
    },
  );

  it.each(['anna@firma.nl', ' anna@firma.nl ', 'zoë@büro.example', "o'neil+x@a-b.co.uk"])(
    'is whole: %s',
    (text) => {
      expect(addressFault(text, true)).toBeUndefined();
    },
  );

  it.each([
    ['', 'Type the address'],
    ['anna', 'looks like'],
    ['anna@firma', 'looks like'],
    ['@firma.nl', 'looks like'],
    ['anna@firma..nl', 'looks like'],
    ['anna @firma.nl', 'no spaces'],
    ['anna@info@firma.nl', 'one @'],
  ])('says what is wrong with “%s”', (text, words) => {
    expect(addressFault(text, true)).toContain(words);
  });
});
