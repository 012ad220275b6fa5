import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { HostError, type Gateway } from '../../host/gateway';
import { announced, expectAccessible, renderWith } from '../../test-render';
import Organisation from './Organisation.svelte';
import { check, command, finding, organisation } from './samples';
import { changesOf, isOfSwitches, mailboxesText, messageText, waitText } from './words';

const notInkoop = check('smtp-auth-mailbox', {
  title: 'Sending through apps, per mailbox',
  about: 'mailbox',
  outcome: 'failed',
  basis: 'seen',
  detail: 'Fine for 1 of 2. Not for inkoop@firma.nl.',
  findings: [
    finding('info@firma.nl'),
    finding('inkoop@firma.nl', {
      outcome: 'failed',
      detail: 'Off, because the organisation’s switch is off.',
      decided_by: 'smtp-auth-organisation',
    }),
  ],
  commands: [
    command('connect', 'Connect-ExchangeOnline'),
    command('look', 'Get-CASMailbox', 'info@firma.nl', 'inkoop@firma.nl'),
    command('change', 'Set-CASMailbox $false', 'inkoop@firma.nl'),
    command('reverse', 'Set-CASMailbox $null', 'inkoop@firma.nl'),
  ],
});

const all = organisation({
  checks: [
    check('pop-mailbox', { title: 'Reading by POP', outcome: 'skipped', findings: [] }),
    check('smtp-auth-organisation', {
      title: 'Sending through apps, organisation',
      outcome: 'passed',
      basis: 'pasted',
    }),
    notInkoop,
    check('security-defaults', { title: 'Security defaults' }),
  ],
});

function show(replaced: Partial<Gateway> = {}) {
  return renderWith(Organisation, { id: 'erp' }, { organisation: () => Promise.resolve(all), ...replaced });
}

beforeEach(() => {
  location.hash = '#/organisation/erp';
});

describe('the organisation checks', { timeout: 30_000 }, () => {
  it('begin with what has to be changed, and say who does it and how to go back', async () => {
    const copyText = vi.fn(() => Promise.resolve());
    const { container } = show({ copyText });
    const details = await screen.findByRole('region', { name: 'Sending through apps, per mailbox' });
    const row = screen.getByRole('button', { name: /To change Sending through apps, per mailbox/ });
    expect(row).toHaveAttribute('aria-current', 'true');
    expect(within(details).getByText('inkoop@firma.nl')).toBeVisible();
    expect(within(details).getByText(/Decided by: Sending through apps, organisation/)).toBeVisible();
    expect(within(details).getByText('Global Administrator')).toBeVisible();
    expect(within(details).getByText(/may take an hour/)).toBeVisible();
    expect(within(details).getByText('Mailwright never runs these itself.')).toBeVisible();
    await fireEvent.click(
      within(details).getByRole('button', { name: 'Copy command that shows the setting' }),
    );
    expect(copyText).toHaveBeenLastCalledWith('Get-CASMailbox');
    await fireEvent.click(within(details).getByRole('button', { name: 'Copy reverse command' }));
    expect(copyText).toHaveBeenLastCalledWith('Set-CASMailbox $null');
    expect(container.querySelector('[data-counts]')).toHaveTextContent('1 to change, 1 not known');
    await expectAccessible(container);
  });

  it('stand above what the provider has announced for the days to come', async () => {
    const off = {
      id: 'off',
      on: '2026-12-31',
      when: 'At the end of December 2026',
      ends: true,
      title: 'Sending with a password is switched off',
      what: 'It is then off by default.',
      steps: ['Sign in instead.'],
      link: 'https://example.org/off',
      source: 'The provider',
      checked_on: '2026-11-28',
    };
    const { container } = show({ organisation: () => Promise.resolve({ ...all, announced: [off] }) });
    const told = 'At the end of December 2026: Sending with a password is switched off';
    expect(await screen.findByText(told)).toBeVisible();
    await expectAccessible(container);
  });

  it('show another switch by mouse and by the arrow keys', async () => {
    show();
    const defaults = await screen.findByRole('button', { name: /Security defaults/ });
    await fireEvent.click(defaults);
    expect(screen.getByRole('region', { name: 'Security defaults' })).toBeVisible();
    defaults.focus();
    await fireEvent.keyDown(defaults, { key: 'ArrowDown' });
    expect(screen.getByRole('region', { name: 'Reading by POP' })).toBeVisible();
    await fireEvent.keyDown(document.activeElement ?? defaults, { key: 'ArrowUp' });
    expect(defaults).toHaveFocus();
  });

  it('read back what the commands printed, and say what was not understood', async () => {
    const read = organisation({
      checks: [
        check('security-defaults', { title: 'Security defaults', outcome: 'passed', basis: 'pasted' }),
      ],
      pasted: {
        understood: 2,
        others: 1,
        unclear: ['It does not say whose it is.'],
        troubles: ['Connect first.'],
      },
    });
    const ask = vi.fn<Gateway['organisation']>((_, pasted) => Promise.resolve(pasted === null ? all : read));
    const { container } = show({ organisation: ask });
    const field = await screen.findByRole('textbox', { name: 'What the commands printed' });
    await fireEvent.input(field, { target: { value: 'IsEnabled : False' } });
    await fireEvent.click(screen.getByRole('button', { name: 'Read it' }));
    expect(await screen.findByText(/^2 values read\. 1 of them/)).toBeVisible();
    expect(announced().join(' ')).toContain('2 values read.');
    expect(ask).toHaveBeenLastCalledWith('erp', 'IsEnabled : False');
    expect(screen.getByText('It does not say whose it is.')).toBeVisible();
    expect(screen.getByText('Connect first.')).toBeVisible();
    expect(screen.getByRole('button', { name: /Fine Security defaults.*Told by you/ })).toBeVisible();
    await expectAccessible(container);
    // Looking again keeps what was read, until it is cleared.
    await fireEvent.click(screen.getByRole('button', { name: 'Look again' }));
    expect(ask).toHaveBeenLastCalledWith('erp', 'IsEnabled : False');
    await fireEvent.click(screen.getByRole('button', { name: 'Clear' }));
    await waitFor(() => {
      expect(ask).toHaveBeenLastCalledWith('erp', null);
    });
    expect(field).toHaveValue('');
  });

  it('say why they could not be read, and try again', async () => {
    let fails = true;
    const ask = () =>
      fails ? Promise.reject(new HostError('storage', 'The disk is full.')) : Promise.resolve(all);
    show({ organisation: ask });
    expect(await screen.findByText('The disk is full.')).toBeVisible();
    fails = false;
    await fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('heading', { level: 1, name: 'firma.nl' })).toBeVisible();
  });
});

describe('the words', () => {
  it('make one message with commands that look first, then changes with their reverse', () => {
    const text = messageText(all);
    const order = [
      '“ERP mail”',
      'Get-X',
      'Who can: Global Administrator',
      'Change:  Set-CASMailbox $false',
      'Reverse: Set-CASMailbox $null',
    ];
    const places = order.map((part) => text.indexOf(part));
    expect(places).toEqual([...places].sort((one, other) => one - other));
    expect(places[0]).toBeGreaterThan(-1);
  });

  it('pair each change with its reverse and shorten long lists', () => {
    expect(changesOf(notInkoop)).toHaveLength(1);
    expect(changesOf(check('x'))).toEqual([]);
    expect(mailboxesText(['a', 'b', 'c', 'd'])).toBe('a, b, c and 1 more');
    expect([0, 15, 60, 1440].map(waitText)).toEqual([
      undefined,
      'A change may take 15 minutes until it has its effect.',
      'A change may take an hour until it has its effect.',
      'A change may take 24 hours until it has its effect.',
    ]);
    expect(isOfSwitches('smtp-auth-off-tenant')).toBe(true);
    expect(isOfSwitches('tls-expired')).toBe(false);
    expect(isOfSwitches(undefined)).toBe(false);
  });
});
