import { describe, expect, it } from 'vitest';
import { check, partly, plan, report, verdict } from '../setup/fixtures';
import {
  after,
  mendedBySignIn,
  readingOf,
  reported,
  resultOf,
  rowsOf,
  segmentsOf,
  sendingOf,
  stopped,
  tally,
} from './ladder';

const at = Date.parse('2026-11-20T13:20:42Z');

describe('the ladder', () => {
  it('numbers the sign-in first, then sending, reading, and the renewal last', () => {
    const rows = rowsOf(plan);
    expect(rows.map((row) => row.no)).toEqual(rows.map((_, index) => index + 1));
    expect(rows[0]?.key).toBe('sign-in/token');
    expect(rows[1]?.key).toBe('smtp/resolve');
    expect(rows[10]?.key).toBe('imap/resolve');
    expect(rows.at(-1)?.key).toBe('sign-in/renew');
  });

  it('follows the events', () => {
    let rows = rowsOf(plan);
    rows = after(rows, { event: 'started', mailbox: 'a', protocol: 'imap', id: 'tls' }, at);
    expect(rows.find((row) => row.key === 'imap/tls')).toMatchObject({ state: 'running', since: at });
    rows = after(
      rows,
      { event: 'finished', mailbox: 'a', check: check({ id: 'tls', protocol: 'imap' }) },
      at,
    );
    expect(rows.find((row) => row.key === 'imap/tls')).toMatchObject({ state: 'passed', since: null });
    expect(tally(rows)).toMatchObject({ all: 20, done: 1, passed: 1, failed: 0 });
  });

  it('gives a check that nobody planned a place in its column', () => {
    const rows = after(
      rowsOf([
        { id: 'token', protocol: null },
        { id: 'connect', protocol: 'smtp' },
        { id: 'renew', protocol: null },
      ]),
      { event: 'started', mailbox: 'a', protocol: 'smtp', id: 'starttls' },
      at,
    );
    expect(rows.map((row) => row.key)).toEqual([
      'sign-in/token',
      'smtp/connect',
      'smtp/starttls',
      'sign-in/renew',
    ]);
  });

  it('keeps the checks of several addresses apart, and none of them ends sending', () => {
    const sender = { id: 'sender', protocol: 'smtp' };
    const one = { ...check(sender), about: 'a@firma.nl' };
    const other = { ...check(sender), about: 'b@firma.nl', outcome: 'failed' };
    const rows = reported([], report({ checks: [check({ id: 'envelope', protocol: 'smtp' }), one, other] }));
    expect(rows.map((row) => [row.key, row.state])).toEqual([
      ['smtp/envelope', 'passed'],
      ['smtp/sender/a@firma.nl', 'passed'],
      ['smtp/sender/b@firma.nl', 'failed'],
    ]);
    expect(sendingOf(rows)).toBe('works');
  });

  it('does not say that reading fails where a message never went out', () => {
    const skipped = { ...check({ id: 'arrived', protocol: 'imap' }), outcome: 'skipped' };
    const rows = reported([], report({ checks: [check({ id: 'inbox', protocol: 'imap' }), skipped] }));
    expect(readingOf(rows)).toBe('works');
  });

  it.each([
    ['passed', 'stopped'],
    ['cancelled', 'stopped'],
    ['unheard of', 'unchecked'],
  ] as const)('reads the outcome “%s”', (outcome, state) => {
    const [row] = reported([], report({ checks: [check({ id: 'tls', protocol: 'imap' }, { outcome })] }));
    expect(row?.state).toBe(outcome === 'passed' ? 'passed' : state);
  });

  it('leaves nothing running when it was stopped', () => {
    const rows = stopped(
      after(rowsOf(plan), { event: 'started', mailbox: 'a', protocol: 'imap', id: 'tls' }, at),
    );
    expect(new Set(rows.map((row) => row.state))).toEqual(new Set(['stopped']));
  });

  it('tells what works', () => {
    expect(resultOf(reported([], report()))).toBe('passed');
    const rows = reported([], partly);
    expect(resultOf(rows)).toBe('partly');
    expect(sendingOf(rows)).toBe('fails');
    expect(readingOf(rows)).toBe('works');
    expect(readingOf(rowsOf([{ id: 'connect', protocol: 'smtp' }]))).toBe('off');
    const nothing = reported(
      [],
      report({
        checks: plan.map((one) =>
          check(one, { outcome: one.id === 'token' ? 'failed' : 'skipped', verdict: verdict() }),
        ),
      }),
    );
    expect(resultOf(nothing)).toBe('failed');
    expect([sendingOf(nothing.slice(1)), readingOf(nothing)]).toEqual(['open', 'open']);
  });

  it('cuts the columns after every failure, and only there', () => {
    const segments = segmentsOf(reported([], partly));
    expect(segments.map((segment) => segment.failed.map((row) => row.key))).toEqual([
      ['smtp/authenticate'],
      [],
    ]);
    expect(segments[0]?.sending).toHaveLength(8);
    expect(segments[0]?.reading).toHaveLength(8);
    expect(segments[1]?.sending).toHaveLength(1);
    expect(segmentsOf(reported([], report()))).toHaveLength(1);
  });

  it('says where a new sign-in may help', () => {
    const rows = reported([], partly);
    expect(rows.filter(mendedBySignIn)).toEqual([]); // an administrator has to act
    const own = reported(
      [],
      report({
        checks: [
          check({ id: 'token', protocol: null }, { outcome: 'failed', verdict: verdict({ who: 'you' }) }),
        ],
      }),
    );
    expect(own.filter(mendedBySignIn)).toHaveLength(1);
  });
});
