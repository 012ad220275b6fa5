import { describe, expect, it } from 'vitest';
import { daysLeft, emptyForm, formOf, isAnyPort, localDay, sentForm } from './fields';
import { certificate, registration } from './samples';
import { daysText, proofLine, proofsOf, stripText } from './words';

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

  it('warn about a secret or certificate that ends soon or has ended', () => {
    const line = (replaced: Parameters<typeof registration>[1]) =>
      proofLine(proofsOf(registration('a', replaced), today));
    const secret = (secret_expires: string | null) => line({ has_secret: true, secret_expires }).kind;
    expect([secret('2026-12-18'), secret('2027-12-18'), secret('2026-11-01'), secret(null)]).toEqual([
      'soon',
      'ok',
      'past',
      'ok',
    ]);
    const certified = (expires: string) => line({ certificate: certificate({ expires }) }).kind;
    expect([
      certified('2026-12-18T12:00:00Z'),
      certified('2027-12-18T12:00:00Z'),
      certified('2026-11-01T12:00:00Z'),
    ]).toEqual(['soon', 'ok', 'past']);
  });

  it('say what a registration proves itself by: nothing, one, or both', () => {
    const line = (replaced: Parameters<typeof registration>[1]) =>
      proofLine(proofsOf(registration('a', replaced), today));
    const own = certificate({ expires: '2026-11-01T12:00:00Z' });
    expect(line({})).toEqual({ text: 'Nothing', kind: 'none' });
    expect(line({ has_secret: true })).toEqual({ text: 'Secret: no end known', kind: 'ok' });
    const both = line({ has_secret: true, certificate: own });
    expect(both.kind).toBe('past');
    expect(both.text).toMatch(/^Certificate: .*2026, 19 days ago · Secret: no end known$/);
    expect(stripText(registration('a', { certificate: own })).first).toMatch(/^The certificate of a ends: /);
    expect(stripText(registration('a', { has_secret: true })).first).toBe('a is used by 0 mailboxes.');
  });

  it('know the day of a moment here', () => {
    expect(localDay(new Date(2026, 0, 5, 23, 59).toISOString())).toBe('2026-01-05');
  });
});
