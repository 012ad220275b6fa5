import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import type { SetupInfo } from '../../bindings/SetupInfo';
import { HostError, type Gateway } from '../../host/gateway';
import { announced, expectAccessible } from '../../test-render';
import { address, info } from './fixtures';
import { fromTheStart, key, never, press, show, type, until } from './in-front';

fromTheStart();

describe('the whole set-up', () => {
  it('takes one typed field and Enter', async () => {
    show(null);
    await waitFor(() => {
      expect(screen.getByLabelText('E-mail address')).toHaveFocus();
    });
    await type('E-mail address', address);
    await key('Enter');
    await until('confirm', 'ready');
    await waitFor(() => {
      expect(screen.getByRole('heading', { name: 'Is this right?' })).toHaveFocus();
    });
    await key('Enter');
    await until('sign-in', 'before');
    await waitFor(() => {
      expect(screen.getByRole('heading', { name: 'Sign in as anna@firma.nl' })).toHaveFocus();
    });
    await key('Enter');
    await until('checks', 'passed');
    expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent('anna@firma.nl sends and receives');
    await key('Enter');
    await until('folders', 'ready');
    await key('Enter');
    await until('done', 'proven');
    expect(screen.getByText(/Set up in/)).toBeInTheDocument();
    expect(screen.getByText('Sending as anna@firma.nl: accepted, not yet sent')).toBeInTheDocument();
    await key('Enter');
    await waitFor(() => {
      expect(location.hash).toBe('#/mailboxes');
    });
  });

  it('goes back with every text, by key, button and the list of steps', async () => {
    show('setup-1', { step: 'confirm' });
    await until('confirm', 'ready');
    await type('Sender name', 'Anna, sales');
    await key('Escape');
    await until('address');
    expect(screen.getByLabelText('E-mail address')).toHaveValue(address);
    await press('Continue');
    await until('confirm', 'ready');
    expect(screen.getByLabelText('Sender name')).toHaveValue('Anna, sales');
    await press('Continue to sign-in');
    await until('sign-in', 'before');
    await key('ArrowLeft', { altKey: true });
    await until('confirm');
    await fireEvent.click(screen.getByRole('link', { name: /^Address/ }));
    await until('address');
  });

  it('goes back by Enter on a step, and does not go on with the present one', async () => {
    const confirmSetup = vi.fn(() => never());
    show('setup-1', { step: 'confirm' }, { confirmSetup });
    await until('confirm', 'ready');
    screen.getByRole('link', { name: /^Address/ }).focus();
    await key('Enter');
    await until('address');
    expect(confirmSetup).not.toHaveBeenCalled();
  });

  it('shows help for its step', async () => {
    const { container } = show(null);
    await until('address');
    await key('F1');
    await screen.findByText(/Mailwright asks the name servers/);
    await expectAccessible(container);
  });
});

describe('confirming', () => {
  it('loses nothing that is typed meanwhile', async () => {
    let answer: (confirmed: SetupInfo) => void = () => undefined;
    const saveSetup = vi.fn<Gateway['saveSetup']>((id, step, typed) =>
      Promise.resolve(info({ id: id ?? 'setup-1', step, form: typed })),
    );
    const confirmSetup = () => new Promise<SetupInfo>((resolve) => (answer = resolve));
    show('setup-1', { step: 'confirm' }, { confirmSetup, saveSetup });
    await until('confirm', 'ready');
    await press('Continue to sign-in');
    await until('confirm', 'confirming');
    await type('Sender name', 'typed meanwhile');
    answer(info({ step: 'sign-in', mailbox: 'box-1' }));
    await until('confirm', 'ready');
    expect(screen.getByLabelText('Sender name')).toHaveValue('typed meanwhile');
    expect(announced('assertive').join()).toContain('Something was changed meanwhile');
    await waitFor(() => {
      expect(saveSetup).toHaveBeenLastCalledWith(
        'setup-1',
        'confirm',
        expect.objectContaining({ sender_name: 'typed meanwhile' }),
      );
    });
  });
});

describe('saving', () => {
  it('happens while somebody types, and gives a new set-up its address', async () => {
    const saveSetup = vi.fn<Gateway['saveSetup']>((id, step, typed) =>
      Promise.resolve(info({ id: id ?? 'setup-7', step, form: typed })),
    );
    show(null, {}, { saveSetup });
    await until('address');
    await type('E-mail address', 'ann');
    await waitFor(() => {
      expect(saveSetup).toHaveBeenCalledWith(null, 'address', expect.objectContaining({ address: 'ann' }));
    });
    expect(location.hash).toBe('#/setup/setup-7');
    await type('E-mail address', 'anna');
    await waitFor(() => {
      expect(saveSetup).toHaveBeenLastCalledWith(
        'setup-7',
        'address',
        expect.objectContaining({ address: 'anna' }),
      );
    });
    expect(screen.getByLabelText('E-mail address')).toHaveValue('anna');
  });

  it('happens on leaving, and never comes back to a page that was left', async () => {
    const saveSetup = vi.fn<Gateway['saveSetup']>((id, step, typed) =>
      Promise.resolve(info({ id: id ?? 'setup-8', step, form: typed })),
    );
    const { unmount } = show(null, {}, { saveSetup });
    await until('address');
    await type('E-mail address', 'x@y.z');
    location.hash = '#/mailboxes';
    unmount();
    expect(saveSetup).toHaveBeenCalledOnce();
    await Promise.resolve();
    expect(location.hash).toBe('#/mailboxes');
  });

  it('leaves nothing behind where nothing was typed', async () => {
    const saveSetup = vi.fn<Gateway['saveSetup']>(never);
    const { unmount } = show(null, {}, { saveSetup });
    await until('address');
    unmount();
    expect(saveSetup).not.toHaveBeenCalled();
  });

  it('says when it fails, keeps the text, and saves again', async () => {
    const saveSetup = vi.fn<Gateway['saveSetup']>(() =>
      Promise.reject(new HostError('storage', 'The disk is full.')),
    );
    const { container } = show('setup-1', { step: 'confirm' }, { saveSetup });
    await until('confirm', 'ready');
    await type('Account name', 'Sales');
    await screen.findByText('What you entered is not saved yet');
    expect(screen.getByLabelText('Account name')).toHaveValue('Sales');
    await expectAccessible(container);
    saveSetup.mockImplementation((_, step, typed) => Promise.resolve(info({ step, form: typed })));
    await press('Save again');
    await waitFor(() => {
      expect(screen.queryByText('What you entered is not saved yet')).toBeNull();
    });
  });

  it.each([
    ['address', {}],
    ['confirm', {}],
    ['sign-in', { mailbox: 'box-1' }],
    ['checks', { mailbox: 'box-1' }],
    ['folders', { mailbox: 'box-1' }],
    ['done', { mailbox: 'box-1' }],
  ])('brings a set-up back to %s', async (step, more) => {
    const { container } = show('setup-1', { step, ...more });
    await until(step);
    await expectAccessible(container);
  });

  it('says when a set-up is gone', async () => {
    const { container } = show(
      'setup-1',
      {},
      { setup: () => Promise.reject(new HostError('not-found', 'x')) },
    );
    await screen.findByText('This set-up could not be opened');
    await expectAccessible(container);
    await key('Escape');
    await waitFor(() => {
      expect(location.hash).toBe('#/mailboxes');
    });
  });
});
