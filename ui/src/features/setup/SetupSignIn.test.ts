import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { HostError, type Gateway } from '../../host/gateway';
import { expectAccessible } from '../../test-render';
import { address, erpMail, folders, form, info, mailboxPage, partly, report } from './fixtures';
import { fromTheStart, key, never, press, show, until } from './in-front';

const withRegistrations = (...names: string[]): Partial<Gateway> => ({
  registrations: () =>
    Promise.resolve({
      registrations: names.map((name, index) => ({
        ...erpMail,
        id: `reg-${String(index + 1)}`,
        name,
        client_id: '1',
        tenant: null,
        cloud: 'global',
        not_confirmed: null,
        authority: null,
        authorize_url: null,
        token_url: null,
        device_url: null,
        revoke_url: null,
        redirect_uri: '',
        scopes: [],
        has_secret: false,
        secret_expires: null,
        publishing: null,
        certificate: null,
        mailboxes: [],
        last_check: null,
      })),
    }),
});

fromTheStart();

describe('the sign-in of a set-up', () => {
  const at = { step: 'sign-in', mailbox: 'box-1' };

  it('makes another account a mailbox of its own, found and filled in', async () => {
    const saveSetup = vi.fn<Gateway['saveSetup']>((id, step, typed) =>
      Promise.resolve(info({ id: id ?? 'setup-2', step, form: typed })),
    );
    const account = { expected: address, signed_in_as: 'admin@firma.nl' };
    const { container } = show('setup-1', at, {
      signIn: () => Promise.reject(new HostError('needs-sign-in', 'x', null, account)),
      saveSetup,
    });
    await until('sign-in', 'before');
    await press('Open sign-in page');
    await until('sign-in', 'different-account');
    await expectAccessible(container);
    await press(/^Set up admin@firma.nl as a new mailbox/);
    await waitFor(() => {
      expect(location.hash).toBe('#/setup/setup-2');
    });
    expect(saveSetup).toHaveBeenLastCalledWith(
      null,
      'confirm',
      expect.objectContaining({ address: 'admin@firma.nl', registration: 'reg-1' }),
    );
  });

  it('is cancelled with Escape, and goes back with the next one', async () => {
    show('setup-1', at, {
      signIn: (_, __, step) => {
        step({ event: 'link', url: 'https://login.example', ms: 300_000 });
        return never();
      },
    });
    await until('sign-in', 'before');
    await press('Open sign-in page');
    await until('sign-in', 'waiting');
    await key('Escape');
    await until('sign-in', 'before');
    await key('Escape');
    await until('confirm');
  });

  it('asks whoever signs in for a shared mailbox', async () => {
    const signIn = vi.fn<Gateway['signIn']>(never);
    show('setup-1', { ...at, form: form({ who_signs_in: 'shared' }) }, { signIn });
    await until('sign-in', 'before');
    await press('Open sign-in page');
    expect(signIn).toHaveBeenCalledWith('box-1', { open: true, shared: true }, expect.anything());
  });

  it('shows who is signed in when somebody comes back to it', async () => {
    show('setup-1', at, { mailbox: () => Promise.resolve(mailboxPage(report(), address)) });
    await until('sign-in', 'before');
    expect(screen.getByText(/anna@firma.nl is signed in/)).toBeInTheDocument();
    await press('Continue to the checks');
    await until('checks', 'passed');
  });
});

describe('a sign-in without an address', () => {
  it('fills the form', async () => {
    const signedIn = info({ step: 'confirm', signed_in_as: address });
    const { container } = show(
      null,
      { form: form({ address: '', registration: '' }) },
      { ...withRegistrations('ERP mail'), signInForSetup: () => Promise.resolve(signedIn) },
    );
    await until('address');
    await press(/^Sign in and let Mailwright fill this in/);
    await until('address', 'before');
    await expectAccessible(container);
    await press('Open sign-in page');
    await until('confirm', 'ready');
    expect(screen.getByText('anna@firma.nl is signed in already.')).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Continue to the checks' })).toBeInTheDocument();
  });

  it('asks which app registration where there are several', async () => {
    const signInForSetup = vi.fn<Gateway['signInForSetup']>(never);
    const saveSetup = vi.fn<Gateway['saveSetup']>((id, step, typed) =>
      Promise.resolve(info({ id: id ?? 'setup-1', step, form: typed })),
    );
    const { container } = show(
      null,
      {},
      { ...withRegistrations('ERP mail', 'Order mail'), signInForSetup, saveSetup },
    );
    await until('address');
    await press(/^Sign in and let Mailwright fill this in/);
    await until('address', 'choose');
    await expectAccessible(container);
    await fireEvent.click(screen.getByLabelText('Order mail'));
    await press('Continue');
    await until('address', 'before');
    expect(saveSetup).toHaveBeenLastCalledWith(
      'setup-1',
      'address',
      expect.objectContaining({ registration: 'reg-2' }),
    );
    await press('Open sign-in page');
    expect(signInForSetup).toHaveBeenCalledWith('setup-1', { open: true }, expect.anything());
  });

  it('says that an app registration is needed where there is none', async () => {
    const endSetup = vi.fn(() => Promise.resolve());
    const { container, unmount } = show(null, {}, { endSetup });
    await until('address');
    await press(/^Sign in and let Mailwright fill this in/);
    await until('address', 'no-registration');
    await expectAccessible(container);
    await press('Add the app registration');
    await waitFor(() => {
      expect(location.hash).toBe('#/registration');
    });
    unmount();
    expect(endSetup).not.toHaveBeenCalled(); // its page is come back to
  });
});

describe('after the checks', () => {
  const at = { step: 'checks', mailbox: 'box-1' };

  it('goes on with what works', async () => {
    const { container } = show('setup-1', at, { test: () => Promise.resolve(partly) });
    await until('checks', 'partly');
    expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent('receives, but does not send yet');
    await expectAccessible(container);
    await press('Continue with reading only');
    await until('folders', 'ready');
  });

  it('leaves a test running when its page is left', async () => {
    const test = vi.fn<Gateway['test']>(() => never());
    const stopTest = vi.fn(() => Promise.resolve());
    const { unmount } = show('setup-1', at, { test, stopTest });
    await until('checks', 'running');
    unmount();
    expect(stopTest).not.toHaveBeenCalled();
    expect(test).toHaveBeenCalledOnce();
  });

  it('skips the folders where reading does not work', async () => {
    const sending = report({
      status: 'partly-working',
      checks: report().checks.map((one) =>
        one.protocol === 'imap' && one.id === 'authenticate' ? { ...one, outcome: 'failed' } : one,
      ),
    });
    show('setup-1', at, { test: () => Promise.resolve(sending) });
    await until('checks', 'partly');
    await press('Continue with sending only');
    await until('done');
    expect(screen.getByText('Not everything works yet')).toBeInTheDocument();
  });

  it('offers only the test again where nothing works', async () => {
    const nothing = report({ checks: report().checks.map((one) => ({ ...one, outcome: 'failed' })) });
    show('setup-1', at, { test: () => Promise.resolve(nothing) });
    await until('checks', 'failed');
    expect(screen.queryByRole('button', { name: /^Continue/ })).toBeNull();
  });

  it('finishes without folders for a mailbox that only sends', async () => {
    show('setup-1', { step: 'done', mailbox: 'box-1', form: form({ receive: false }) });
    await until('done');
    expect(screen.queryByText('Folders')).toBeNull();
    await key('Escape');
    await until('checks');
  });

  it('counts the folders that wait for a choice', async () => {
    show('setup-1', { step: 'folders', mailbox: 'box-1' }, { folders: () => Promise.resolve(folders) });
    await until('folders', 'ready');
    expect(screen.getByText('1 to choose')).toBeInTheDocument();
  });

  it('ends with another mailbox, or with this one', async () => {
    const endSetup = vi.fn(() => Promise.resolve());
    show('setup-1', { step: 'done', mailbox: 'box-1' }, { endSetup });
    await until('done');
    await press(/^Open the mailbox/);
    await waitFor(() => {
      expect(location.hash).toBe('#/mailbox/box-1/overview');
    });
    expect(endSetup).toHaveBeenCalledWith('setup-1');
  });
});
