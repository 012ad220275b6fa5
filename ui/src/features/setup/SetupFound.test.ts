import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { HostError, type Gateway } from '../../host/gateway';
import { announced, expectAccessible } from '../../test-render';
import { savedNotes } from '../registrations/saved-notes.svelte';
import { erpMail, form, found, info, orderMail, unknownProvider } from './fixtures';
import { fromTheStart, key, never, press, show, type, until } from './in-front';

fromTheStart();

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
      pop3: null,
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

  it('sends without a server of its own where Microsoft takes the messages, and asks for just that', async () => {
    const permissions = vi.fn(() => Promise.resolve([]));
    const { container } = show('setup-1', { step: 'confirm' }, { permissions });
    await until('confirm', 'ready');
    await press('Change the servers');
    await until('confirm', 'manual');
    await fireEvent.click(screen.getByRole('radio', { name: 'Microsoft Graph' }));
    expect(screen.queryByLabelText('Sending server')).toBeNull();
    expect(screen.getByText('No mail server is needed for sending.')).toBeVisible();
    await vi.waitFor(() => {
      expect(permissions).toHaveBeenLastCalledWith('reg-1', ['imap', 'graph']);
    });
    await expectAccessible(container);
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

describe('what the host says beside it', () => {
  it('about the organisation at Microsoft is shown: that it is not known, or not confirmed', async () => {
    const plain = found();
    const detected = {
      ...plain.detected,
      tenant_note: 'Microsoft did not say which tenant firma.nl has.',
      not_confirmed: 'Not confirmed by Microsoft for this cloud: permissions.',
    };
    const find = () => Promise.resolve({ ...plain, detected });
    const { container } = show('setup-1', { step: 'confirm' }, { find });
    await until('confirm', 'ready');
    expect(screen.getByText(detected.tenant_note)).toBeVisible();
    expect(screen.getByText(detected.not_confirmed)).toBeVisible();
    await expectAccessible(container);
  });

  it('shows servers that were merely named and leaves entering them to a person', async () => {
    const plain = found();
    const detected = { ...plain.detected, provider: 'custom', source: 'srv' };
    const find = () => Promise.resolve({ ...plain, detected });
    const { container } = show('setup-1', { step: 'confirm' }, { find });
    await until('confirm', 'manual');
    expect(await screen.findByText(/IMAP outlook.office365.com:993, SMTP smtp/)).toBeVisible();
    expect(screen.getByLabelText('Receiving server')).toHaveValue('');
    await expectAccessible(container);
  });

  it('is not there where all is known', async () => {
    show('setup-1', { step: 'confirm' });
    await until('confirm', 'ready');
    expect(screen.queryByText('The organisation at Microsoft')).toBeNull();
  });

  it('about a registration that was added for it stays until it is closed', async () => {
    const note = 'Its addresses were read from https://id.firma.nl.';
    savedNotes.keep({ id: 'reg-1', name: 'ERP mail', notes: [note] });
    const { container } = show('setup-1', { step: 'confirm' });
    await until('confirm', 'ready');
    expect(screen.getByText(note)).toBeVisible();
    await expectAccessible(container);
    await key('Escape');
    await until('address');
    expect(screen.getByText(note)).toBeVisible();
    await press('Close');
    expect(screen.queryByText(note)).toBeNull();
  });
});
