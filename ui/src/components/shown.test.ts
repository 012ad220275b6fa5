import { render, screen, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import type { VerdictInfo } from '../bindings/VerdictInfo';
import { announced, expectAccessible, renderWith, words } from '../test-render';
import { took } from './check';
import CheckRow from './CheckRow.svelte';
import Countdown from './Countdown.svelte';
import Notice from './Notice.svelte';
import Progress from './Progress.svelte';
import { statuses } from './status';
import StatusPill from './StatusPill.svelte';
import VerdictCard from './VerdictCard.svelte';

const verdict: VerdictInfo = {
  id: 'smtp-auth-off',
  title: 'Microsoft 365 does not let anna@firma.nl send through apps yet',
  what: 'The sign-in is good. Sending is switched off for this mailbox.',
  still_works: 'Reading works.',
  who: 'administrator',
  steps: ['Tick “Authenticated SMTP”.', 'Test again.'],
  link: 'https://admin.example/',
  command: 'Set-CASMailbox anna@firma.nl -SmtpClientAuthenticationDisabled $false',
  reverse: 'Set-CASMailbox anna@firma.nl -SmtpClientAuthenticationDisabled $null',
  source: 'Documentation',
  checked_on: '2026-01-31',
  matched: '535 5.7.139',
};

it.each(statuses)('the status %s has a word and an icon', async (status) => {
  const { container } = render(StatusPill, { status });
  expect(container).toHaveTextContent(/^\s*[A-Z][a-z ]+$/);
  expect(container.querySelector('svg')).toHaveAttribute('aria-hidden', 'true');
  await expectAccessible(container);
});

it('a status of a later version is shown as it came', () => {
  const { container } = render(StatusPill, { status: 'asleep' });
  expect(container).toHaveTextContent('asleep');
});

describe('a verdict', () => {
  it('says what happened, what still works, who can fix it, what to do, in this order', async () => {
    const { container } = renderWith(VerdictCard, { verdict });
    const card = screen.getByRole('region', { name: verdict.title });
    expect(
      within(card)
        .getAllByRole('heading')
        .map((heading) => heading.textContent),
    ).toEqual([verdict.title, 'What happened', 'What is not affected', 'Who can fix it', 'What to do']);
    expect(within(card).getByText('An administrator of the organisation')).toBeVisible();
    expect(within(card).getAllByRole('listitem')).toHaveLength(2);
    expect(within(card).getByRole('button', { name: 'Copy command' })).toBeVisible();
    expect(within(card).getByRole('button', { name: 'Copy reverse command' })).toBeVisible();
    await expectAccessible(container);
  });

  it('keeps what only looks apart from what changes something', async () => {
    const look = 'Get-CASMailbox anna@firma.nl | Format-List Smtp*';
    const change = verdict.command ?? '';
    const { rerender } = renderWith(VerdictCard, { verdict: { ...verdict, command: `${look}\n${change}` } });
    // Each word stands by itself on the screen; together they are the command, to the letter.
    const shown = screen.getAllByRole('code').map((code) => code.textContent);
    expect(shown.slice(0, 2)).toEqual([look, change]);
    expect(screen.getByRole('button', { name: 'Copy command that looks' })).toBeVisible();
    await rerender({ verdict: { ...verdict, command: look, reverse: null } });
    expect(screen.getByText('Only looks')).toBeVisible();
    expect(screen.queryByText('Change')).toBeNull();
  });

  it('leaves out what it does not have', () => {
    renderWith(VerdictCard, {
      verdict: { ...verdict, still_works: null, command: null, link: null, steps: ['Sign in again.'] },
    });
    expect(screen.queryByText('What is not affected')).toBeNull();
    expect(screen.queryByRole('link')).toBeNull();
    expect(screen.queryByRole('button', { name: /Copy/ })).toBeNull();
  });
});

it('checks say their state in words, with times where there are any', async () => {
  const list = document.createElement('ol');
  document.body.append(list);
  render(
    CheckRow,
    { id: 'a', label: 'Find the server', state: 'passed', ms: 12, no: 1 },
    { baseElement: list },
  );
  render(CheckRow, { id: 'b', label: 'Send', state: 'skipped', note: 'no sign-in' }, { baseElement: list });
  expect(list).toHaveTextContent(/1\s*Find the server\s*Passed\s*12 ms/);
  expect(list).toHaveTextContent(/Send\s*Skipped, no sign-in/);
  expect([took(999), took(6420), took(3900, true)]).toEqual(['999 ms', '6.4 s', '3 s']);
  list.remove();
  await Promise.resolve();
});

it('progress is a bar with words', async () => {
  const { container } = render(Progress, { label: 'Checks', value: 9, max: 11, text: '9 of 11 done' });
  expect(screen.getByRole('progressbar', { name: 'Checks' })).toHaveAttribute(
    'aria-valuetext',
    '9 of 11 done',
  );
  await expectAccessible(container);
});

it('a countdown announces one minute once, and no ticks', async () => {
  vi.useFakeTimers();
  const { rerender } = render(Countdown, { remaining: 62_000, total: 300_000 });
  for (const remaining of [61_000, 60_000, 59_000, 58_000]) await rerender({ remaining });
  expect(announced().filter((text) => text === 'One minute left.')).toHaveLength(1);
  expect(announced().join()).not.toContain('seconds');
  expect(screen.getByRole('timer')).toHaveAccessibleName('0 minutes 58 seconds left');
  vi.useRealTimers();
});

it('a notice that appears later is read out', async () => {
  const { container } = render(Notice, { kind: 'bad', live: true, children: words('Nothing was saved.') });
  expect(screen.getByRole('status')).toHaveTextContent('Nothing was saved.');
  await expectAccessible(container);
});
