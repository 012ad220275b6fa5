import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { SetupInfo } from '../../bindings/SetupInfo';
import Keys from '../../components/Keys.svelte';
import { HostError, type Gateway } from '../../host/gateway';
import { announced, expectAccessible, renderWith } from '../../test-render';
import { forgetAsked } from '../sign-in/remembered';
import {
  address,
  erpMail,
  folders,
  form,
  found,
  host,
  info,
  mailboxPage,
  orderMail,
  partly,
  report,
  unknownProvider,
} from './fixtures';
import './patience';
import Setup from './Setup.svelte';

const never = () => new Promise<never>(() => undefined);
const page = () => document.querySelector('[data-step]');
const press = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }));
const key = (name: string, more: KeyboardEventInit = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key: name, code: name, ...more });
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

function show(id: string | null, at: Partial<SetupInfo> = {}, replaced: Partial<Gateway> = {}) {
  const view = renderWith(Setup, { id }, host(at, replaced));
  renderWith(Keys, {});
  return view;
}

async function until(step: string, state?: string): Promise<void> {
  await waitFor(() => {
    expect(page()).toHaveAttribute('data-step', step);
    if (state !== undefined) expect(page()).toHaveAttribute('data-state', state);
  });
}

async function type(label: string, value: string): Promise<void> {
  await fireEvent.input(screen.getByLabelText(label), { target: { value } });
}

beforeEach(() => {
  location.hash = '#/setup';
  forgetAsked();
});

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

describe('the address', () => {
  it('says what is wrong with it only when it is whole', async () => {
    show(null);
    await until('address');
    await type('E-mail address', 'anna@firma');
    expect(screen.queryByRole('alert')).toBeNull();
    await key('Enter');
    expect(await screen.findByRole('alert')).toHaveTextContent('An address looks like name@company.example.');
    await until('address');
  });

  it('never waits for what is looked up', async () => {
    const { container } = show('setup-1', {}, { find: never });
    await until('address', 'looking');
    expect(screen.getByText('Looking at firma.nl …')).toBeInTheDocument();
    await expectAccessible(container);
    await press('Stop looking');
    await until('address', 'idle');
    await fireEvent.click(screen.getByText('Enter the settings myself'));
    await press('Enter the settings');
    await until('confirm', 'manual');
  });

  it('opens a mailbox that is set up already', async () => {
    const { container } = show('setup-1', {}, { find: () => Promise.resolve(found({ existing: 'box-9' })) });
    await until('address', 'taken');
    expect(screen.getByText('anna@firma.nl is already set up.')).toBeInTheDocument();
    await expectAccessible(container);
    await press('Open it');
    await waitFor(() => {
      expect(location.hash).toBe('#/mailbox/box-9/overview');
    });
  });

  it('goes on with a set-up that was begun', async () => {
    show('setup-1', {}, { find: () => Promise.resolve(found({ begun: 'setup-9' })) });
    await until('address', 'taken');
    await press('Continue it');
    await waitFor(() => {
      expect(location.hash).toBe('#/setup/setup-9');
    });
  });

  it('is not taken by the set-up itself', async () => {
    show('setup-1', {}, { find: () => Promise.resolve(found({ begun: 'setup-1' })) });
    await until('address', 'found');
  });

  it('says when nothing could be found out, and can be tried again', async () => {
    let answers = false;
    const { container } = show(
      'setup-1',
      {},
      {
        find: () =>
          answers
            ? Promise.resolve(found())
            : Promise.reject(new HostError('unreachable', 'No name server answered.')),
      },
    );
    await until('address', 'failed');
    expect(screen.getByText('No name server answered.')).toBeInTheDocument();
    await expectAccessible(container);
    answers = true;
    await press('Try again');
    await until('confirm');
  });
});

describe('what was found', () => {
  it('names provider, source, servers and permissions', async () => {
    show('setup-1', { step: 'confirm' });
    await until('confirm', 'ready');
    expect(screen.getByRole('heading', { name: 'Microsoft 365' })).toBeInTheDocument();
    expect(screen.getByText('Found in the mail record (MX) of firma.nl.')).toBeInTheDocument();
    expect(screen.getByText(/^Servers: smtp.office365.com : 587/)).toBeInTheDocument();
    await screen.findByText('Microsoft will ask for 3 permissions: send mail, read mail, stay signed in.');
    expect(screen.queryByLabelText('App registration')).toBeNull();
  });

  it('asks for at least one purpose', async () => {
    const confirmSetup = vi.fn(never);
    show('setup-1', { step: 'confirm' }, { confirmSetup });
    await until('confirm', 'ready');
    await fireEvent.click(screen.getByLabelText('Send mail'));
    await fireEvent.click(screen.getByLabelText('Receive mail'));
    expect(screen.getByRole('alert')).toHaveTextContent('Tick at least one.');
    await press('Continue to sign-in');
    expect(confirmSetup).not.toHaveBeenCalled();
  });

  it('asks for the sign-in name where it is different', async () => {
    const { container } = show('setup-1', { step: 'confirm' });
    await until('confirm', 'ready');
    await fireEvent.click(screen.getByLabelText('My sign-in name is different'));
    await press('Continue to sign-in');
    await screen.findByText('Type the name that you sign in with.');
    await waitFor(() => {
      expect(screen.getByLabelText('Sign-in name')).toHaveFocus();
    });
    await expectAccessible(container);
    await type('Sign-in name', 'avries@firma.local');
    await press('Continue to sign-in');
    await until('sign-in');
  });

  it('offers a choice of app registrations only where several fit', async () => {
    show(
      'setup-1',
      { step: 'confirm' },
      { find: () => Promise.resolve(found({ registrations: [erpMail, orderMail] })) },
    );
    await until('confirm', 'ready');
    expect(await screen.findByRole('combobox', { name: 'App registration' })).toHaveTextContent('ERP mail');
  });

  it('leads to a new app registration where there is none, and keeps what was typed', async () => {
    const saveSetup = vi.fn<Gateway['saveSetup']>((_, step, typed) =>
      Promise.resolve(info({ step, form: typed })),
    );
    const { container } = show(
      'setup-1',
      { step: 'confirm', form: form({ registration: '' }) },
      { find: () => Promise.resolve(found({ registrations: [] })), saveSetup },
    );
    await screen.findByText('An app registration for Microsoft 365 is needed');
    await expectAccessible(container);
    await type('Sender name', 'Anna');
    await press('Add the app registration');
    await waitFor(() => {
      expect(location.hash).toBe('#/registration');
    });
    expect(saveSetup).toHaveBeenLastCalledWith(
      'setup-1',
      'confirm',
      expect.objectContaining({ sender_name: 'Anna' }),
    );
  });

  it('proposes the servers of another mailbox of the domain', async () => {
    const known = {
      from: 'alice@firma.nl',
      registration: 'reg-1',
      imap: { host: 'imap.firma.nl', port: '993', security: 'tls' },
      smtp: { host: 'smtp.firma.nl', port: '587', security: 'starttls' },
    };
    show('setup-1', { step: 'confirm' }, { find: () => Promise.resolve(unknownProvider({ known })) });
    await screen.findByText('As for alice@firma.nl, another mailbox of this domain.');
    await until('confirm', 'ready');
    await press('Continue to sign-in');
    await until('sign-in');
  });

  it('opens the servers by itself for an unknown provider', async () => {
    const confirmSetup = vi.fn(() => Promise.resolve(info({ step: 'sign-in', mailbox: 'box-1' })));
    const { container } = show(
      'setup-1',
      { step: 'confirm' },
      { find: () => Promise.resolve(unknownProvider()), confirmSetup },
    );
    await until('confirm', 'manual');
    expect(screen.getByText(/^No known provider/)).toBeInTheDocument();
    await press('Continue to sign-in');
    await waitFor(() => {
      expect(screen.getByLabelText('Receiving server')).toHaveFocus();
    });
    expect(confirmSetup).not.toHaveBeenCalled();
    await expectAccessible(container);
    for (const [label, value] of [
      ['Receiving server', 'imap.brightwater.example'],
      ['Receiving port', '993'],
      ['Sending server', 'smtp.brightwater.example'],
      ['Sending port', '587'],
    ] as const) {
      await type(label, value);
    }
    await press('Continue to sign-in');
    await until('sign-in');
  });

  it('is changed by hand, filled with what was found, and taken back', async () => {
    show('setup-1', { step: 'confirm' });
    await until('confirm', 'ready');
    await press('Change the servers');
    await until('confirm', 'manual');
    expect(screen.getByLabelText('Sending server')).toHaveValue('smtp.office365.com');
    await press('Use what was found');
    await until('confirm', 'ready');
  });

  it('says why settings were refused', async () => {
    const { container } = show(
      'setup-1',
      { step: 'confirm' },
      {
        confirmSetup: () =>
          Promise.reject(new HostError('conflict', 'anna@firma.nl exists already. Nothing was changed.')),
      },
    );
    await until('confirm', 'ready');
    await press('Continue to sign-in');
    await screen.findByText('anna@firma.nl exists already. Nothing was changed.');
    expect(announced('assertive')).not.toEqual([]);
    await expectAccessible(container);
  });
});

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
