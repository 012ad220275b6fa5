import { describe, expect, it } from 'vitest';
import { countOf, filtered, rowsOf, segmentOf, sorted, type Row } from './rows';
import { line, setup } from './samples';

const none: ReadonlySet<string> = new Set();
const rows = rowsOf(
  {
    mailboxes: [
      line('b@example.org', { status: 'stopped', sending: 'failed', last_check: '2026-11-19T10:00:00Z' }),
      line('a@example.org', { provider: 'google', signed_in_as: 'zoe@example.org' }),
      line('c@example.org', { status: 'waiting-for-you', signed_in_as: null, last_check: null }),
    ],
    setups: [setup('d@example.org'), setup('')],
  },
  none,
);
const addresses = (of: readonly Row[]) => of.map((row) => row.address);

describe('the rows of the first page', () => {
  it('are mailboxes and begun set-ups; a set-up without an address says so', () => {
    expect(addresses(rows)).toEqual([
      'b@example.org',
      'a@example.org',
      'c@example.org',
      'd@example.org',
      'No address yet',
    ]);
    expect(rows.at(-1)?.status).toBe('not-started');
    expect(
      addresses(rowsOf({ mailboxes: [line('a@b.c')], setups: [] }, new Set(['mailbox:id-a@b.c']))),
    ).toEqual([]);
  });

  it('belong to one view besides all', () => {
    const views = ['needs-attention', 'partly-working', 'stopped', 'waiting-for-admin', 'working', 'retired'];
    expect(views.map(segmentOf)).toEqual([
      'attention',
      'attention',
      'attention',
      'waiting',
      'working',
      'all',
    ]);
    expect([countOf(rows, 'all'), countOf(rows, 'attention'), countOf(rows, 'waiting')]).toEqual([5, 1, 1]);
  });

  it('are found by address, person, provider and status word, all words at once', () => {
    expect(addresses(filtered(rows, 'all', 'ZOE'))).toEqual(['a@example.org']);
    expect(addresses(filtered(rows, 'all', 'google working'))).toEqual(['a@example.org']);
    expect(addresses(filtered(rows, 'all', 'microsoft b@'))).toEqual(['b@example.org']);
    expect(addresses(filtered(rows, 'attention', ''))).toEqual(['b@example.org']);
    expect(filtered(rows, 'attention', 'google')).toEqual([]);
  });

  it('are sorted by every column, what is empty last both ways', () => {
    expect(addresses(sorted(rows, 'mailbox', false)).slice(0, 2)).toEqual(['a@example.org', 'b@example.org']);
    expect(addresses(sorted(rows, 'status', false)).slice(0, 2)).toEqual(['b@example.org', 'c@example.org']);
    expect(addresses(sorted(rows, 'checked', false))[0]).toBe('b@example.org');
    expect(addresses(sorted(rows, 'checked', true))[0]).toBe('a@example.org');
    expect(addresses(sorted(rows, 'person', true)).slice(2)).toEqual([
      'c@example.org',
      'd@example.org',
      'No address yet',
    ]);
  });
});
