import { describe, expect, it } from 'vitest';
import { daysLeft, emptyForm, formOf, isAnyPort, sentForm } from './fields';
import { registration } from './samples';
import { daysText, secretEnd } from './words';

const today = new Date(2026, 10, 20, 23, 30);

describe('the fields of an app registration', () => {
  it('know an open port from a fixed address', () => {
    for (const open of ['http://localhost', 'http://127.0.0.1', 'http://localhost/', '']) {
      expect(isAnyPort(open)).toBe(true);
    }
    for (const fixed of ['http://localhost:8400', 'https://localhost', 'http://localhost/callback']) {
      expect(isAnyPort(fixed)).toBe(false);
    }
    expect(formOf(registration('a')).redirect_uri).toBe('');
    expect(formOf(registration('a', { redirect_uri: 'http://localhost:8400/' })).redirect_uri).not.toBe('');
  });

  it('send nothing that the provider does not have', () => {
    const form = { ...emptyForm(), provider: 'google', tenant: 't', cloud: 'china', authority: 'https://x' };
    expect(sentForm(form, true, ' a b,c ')).toMatchObject({
      tenant: '',
      cloud: 'global',
      authority: '',
      scopes: ['a', 'b', 'c'],
    });
    expect(sentForm({ ...form, provider: 'custom' }, true, '').authority).toBe('https://x');
    // One of Microsoft's clouds may be signed in at elsewhere, too: what was saved is not lost by saving again.
    expect(sentForm({ ...form, provider: 'microsoft' }, true, '').authority).toBe('https://x');
  });

  it('count the days to the end of a secret', () => {
    expect(daysLeft('2026-12-18', today)).toBe(28);
    expect(daysLeft('2026-11-20', today)).toBe(0);
    expect(daysLeft('2026-11-19', today)).toBe(-1);
    expect([daysLeft('2026-02-30'), daysLeft('soon'), daysLeft('')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect([daysText(28), daysText(1), daysText(0), daysText(-1)]).toEqual([
      'in 28 days',
      'in 1 day',
      'today',
      '1 day ago',
    ]);
  });

  it('warn about a secret that ends soon or has ended', () => {
    const kind = (secret_expires: string | null, has_secret = true) =>
      secretEnd(registration('a', { has_secret, secret_expires }), today).kind;
    expect([
      kind('2026-12-18'),
      kind('2027-12-18'),
      kind('2026-11-01'),
      kind(null),
      kind(null, false),
    ]).toEqual(['soon', 'ok', 'past', 'ok', 'none']);
  });
});
