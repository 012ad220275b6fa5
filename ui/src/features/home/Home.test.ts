import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ReportInfo } from '../../bindings/ReportInfo';
import Keys from '../../components/Keys.svelte';
import { HostError, type Gateway } from '../../host/gateway';
import { announced, expectAccessible, renderWith } from '../../test-render';
import { toasts } from '../../toasts.svelte';
import Home from './Home.svelte';
import { line, report, setup, verdict } from './samples';

const home = {
  mailboxes: [
    line('anna@example.org'),
    line('info@example.org', { status: 'partly-working', sending: 'failed', problem: verdict() }),
    line('new@example.org', { status: 'waiting-for-you', signed_in_as: null, sending: 'unchecked' }),
  ],
  setups: [setup('later@example.org')],
};

const row = (address: string) => document.querySelector<HTMLElement>(`tr[data-mailbox="${address}"]`);
const shown = () =>
  [...document.querySelectorAll<HTMLElement>('tbody tr')].map((tr) => tr.dataset['mailbox']);

async function show(replaced: Partial<Gateway> = {}) {
  const view = renderWith(Home, {}, { home: () => Promise.resolve(home), ...replaced });
  renderWith(Keys, {});
  await screen.findByRole('grid');
  return view;
}

beforeEach(() => {
  location.hash = '#/mailboxes';
  for (const toast of toasts.list) toasts.dismiss(toast.id);
});

describe('the list of mailboxes', { timeout: 30_000 }, () => {
  it('shows every mailbox and begun set-up with status and words, and names the page', async () => {
    const { container } = await show();
    expect(shown()).toEqual(['anna@example.org', 'info@example.org', 'later@example.org', 'new@example.org']);
    expect(row('info@example.org')).toHaveAttribute('data-status', 'partly-working');
    expect(within(row('info@example.org') ?? container).getByText('Does not work')).toBeInTheDocument();
    expect(container.querySelector('main')).toHaveAttribute('data-page', 'mailboxes');
    expect(screen.getByRole('radio', { name: /Needs attention 1/ })).toBeInTheDocument();
    await expectAccessible(container);
  });

  it('is gone through by keys, and Enter opens', async () => {
    const { container } = await show();
    row('anna@example.org')?.focus();
    await fireEvent.keyDown(document.activeElement ?? container, { key: 'ArrowDown' });
    await waitFor(() => {
      expect(row('info@example.org')).toHaveFocus();
    });
    expect(row('info@example.org')).toHaveAttribute('aria-selected', 'true');
    await fireEvent.keyDown(document.activeElement ?? container, { key: 'End' });
    await waitFor(() => {
      expect(row('new@example.org')).toHaveFocus();
    });
    await fireEvent.keyDown(document.activeElement ?? container, { key: 'Enter' });
    expect(location.hash).toBe('#/mailbox/id-new%40example.org/overview');
  });

  it('says for the selected mailbox what works, who must act, and offers the next step', async () => {
    const copyText = vi.fn(() => Promise.resolve());
    const { container } = await show({ copyText });
    await fireEvent.click(row('info@example.org') ?? container);
    expect(screen.getByText('info@example.org reads, but cannot send.')).toBeVisible();
    expect(screen.getByText(/An administrator of the organisation can fix it/)).toBeVisible();
    await fireEvent.click(screen.getByRole('button', { name: 'Copy for administrator' }));
    expect(copyText).toHaveBeenCalledWith(expect.stringContaining('Set-CASMailbox'));
    await fireEvent.click(row('new@example.org') ?? container);
    await fireEvent.click(screen.getByRole('button', { name: 'Sign in new@example.org' }));
    expect(location.hash).toBe('#/mailbox/id-new%40example.org/sign-in');
    await expectAccessible(container);
  });

  it('is filtered and sorted, and says when nothing is found', async () => {
    const { container } = await show();
    const field = screen.getByRole('searchbox', { name: 'Filter mailboxes' });
    await fireEvent.input(field, { target: { value: 'partly' } });
    expect(shown()).toEqual(['info@example.org']);
    await fireEvent.input(field, { target: { value: 'nobody' } });
    expect(screen.getByText('No mailbox matches “nobody”.')).toBeVisible();
    await expectAccessible(container);
    await fireEvent.click(screen.getByRole('button', { name: 'Show all' }));
    await fireEvent.click(screen.getByRole('radio', { name: /Waiting/ }));
    expect(shown()).toEqual(['new@example.org']);
    await fireEvent.click(screen.getByRole('radio', { name: /All/ }));
    await fireEvent.click(screen.getByRole('button', { name: 'Status' }));
    expect(shown()[0]).toBe('info@example.org');
    expect(screen.getByRole('columnheader', { name: 'Status' })).toHaveAttribute('aria-sort', 'ascending');
  });

  it('tests the selected mailbox and shows it live', async () => {
    let end: (report: ReportInfo) => void = () => undefined;
    await show({ test: () => new Promise((resolve) => (end = resolve)) });
    row('anna@example.org')?.focus();
    await fireEvent.keyDown(row('anna@example.org') ?? window, { key: 't', ctrlKey: true });
    expect(row('anna@example.org')).toHaveAttribute('data-status', 'testing');
    end(report('anna@example.org'));
    await waitFor(() => {
      expect(row('anna@example.org')).toHaveAttribute('data-status', 'working');
    });
    await waitFor(() => {
      expect(announced()).toContain('anna@example.org: Working');
    });
  });

  it('tests all, says how far it is, and announces once at the end', async () => {
    const test = vi.fn((which: string) => Promise.resolve(report(which)));
    await show({ test });
    await fireEvent.click(screen.getByRole('button', { name: 'Test all' }));
    await waitFor(() => {
      expect(announced()).toContain('All tests ended. Tested: 3. Working: 3.');
    });
    expect(test).toHaveBeenCalledTimes(3);
    expect(announced().filter((text) => text.includes('anna@example.org: '))).toHaveLength(1); // of the test before
  });

  it('says why a mailbox could not be tested', async () => {
    const { container } = await show({
      test: () => Promise.reject(new HostError('keychain', 'It is locked.')),
    });
    await fireEvent.click(row('anna@example.org') ?? container);
    await fireEvent.click(screen.getByRole('button', { name: 'Test again anna@example.org' }));
    expect(await screen.findByText('anna@example.org could not be tested.')).toBeVisible();
    expect(screen.getByText('It is locked.')).toBeVisible();
  });

  it('discards a begun set-up when its toast has gone, and brings it back on Undo', async () => {
    const endSetup = vi.fn(() => Promise.resolve());
    const { container } = await show({ endSetup });
    const discard = async () => {
      await fireEvent.click(row('later@example.org') ?? container);
      await fireEvent.click(screen.getByRole('button', { name: 'Discard later@example.org' }));
      expect(row('later@example.org')).toBeNull();
      return toasts.list[0]?.id ?? -1;
    };
    toasts.act(await discard());
    await waitFor(() => {
      expect(row('later@example.org')).not.toBeNull();
    });
    expect(endSetup).not.toHaveBeenCalled();
    toasts.dismiss(await discard());
    expect(endSetup).toHaveBeenCalledWith('setup-later@example.org');
  });

  it('shows a set-up again that could not be ended', async () => {
    const endSetup = () => Promise.reject(new HostError('keychain', 'It is locked.'));
    const { container } = await show({ endSetup });
    await fireEvent.click(row('later@example.org') ?? container);
    await fireEvent.click(screen.getByRole('button', { name: 'Discard later@example.org' }));
    expect(row('later@example.org')).toBeNull();
    toasts.dismiss(toasts.list[0]?.id ?? -1);
    expect(await screen.findByText('It is locked.')).toBeVisible();
    await waitFor(() => {
      expect(row('later@example.org')).not.toBeNull();
    });
  });

  it('keeps the last known state when it cannot be read again', async () => {
    const read = vi.fn(() => Promise.resolve(home));
    await show({ home: read, test: (which) => Promise.resolve(report(which)) });
    read.mockRejectedValue(new HostError('storage', 'locked'));
    await fireEvent.click(screen.getByRole('button', { name: 'Test all' }));
    expect(await screen.findByText(/Could not read the mailboxes at .* Showing the state of/)).toBeVisible();
    expect(shown()).toHaveLength(4);
    read.mockResolvedValue(home);
    const again = screen.getByRole('button', { name: 'Try again' });
    await waitFor(() => {
      expect(again).not.toHaveAttribute('aria-busy');
    });
    await fireEvent.click(again);
    await waitFor(() => {
      expect(screen.queryByText(/Could not read/)).toBeNull();
    });
  });
});

describe('without a list', { timeout: 30_000 }, () => {
  it('offers both ways in when there is nothing yet', async () => {
    const { container } = renderWith(Home, {});
    await fireEvent.click(await screen.findByRole('button', { name: 'Add an app registration' }));
    expect(location.hash).toBe('#/registration');
    await fireEvent.click(screen.getByRole('button', { name: 'Set up my mailbox' }));
    expect(location.hash).toBe('#/setup');
    expect(await screen.findByText('Version 0.0.0-test')).toBeVisible();
    await expectAccessible(container);
  });

  it('says that it reads, and why it could not', async () => {
    let fail: (error: HostError) => void = () => undefined;
    const read = () => new Promise<never>((_, reject) => (fail = reject));
    const { container } = renderWith(Home, {}, { home: read });
    expect(screen.getByText('Reading the mailboxes')).toBeVisible();
    fail(new HostError('storage', 'The disk is full.'));
    expect(await screen.findByText('Could not read the mailboxes')).toBeVisible();
    expect(screen.getByText('The disk is full.')).toBeVisible();
    expect(screen.getByRole('button', { name: 'Try again' })).toBeVisible();
    await expectAccessible(container);
  });
});
