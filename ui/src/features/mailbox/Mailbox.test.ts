import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Added } from '../../bindings/Added';
import type { MailboxPage } from '../../bindings/MailboxPage';
import type { SignOutPlan } from '../../bindings/SignOutPlan';
import type { ReportInfo } from '../../bindings/ReportInfo';
import type { TestEvent } from '../../bindings/TestEvent';
import { gatewayKey } from '../../context';
import { HostError, type Gateway } from '../../host/gateway';
import { twinGateway } from '../../host/twin';
import { routeOf } from '../../routes';
import { announced, expectAccessible, renderWith } from '../../test-render';
import { toasts } from '../../toasts.svelte';
import { check, line, mailboxPage, report, verdict } from '../home/samples';
import { testRuns } from '../home/test-runs.svelte';
import Mailbox from './Mailbox.svelte';

const address = 'anna@example.org';
const id = `id-${address}`;
const working = mailboxPage(line(address));

type Tab = 'overview' | 'sign-in' | 'sending' | 'receiving' | 'folders';

async function show(tab: Tab = 'overview', page: MailboxPage = working, replaced: Partial<Gateway> = {}) {
  const mailbox = vi.fn(() => Promise.resolve(page));
  const view = renderWith<{ id: string; tab: Tab }>(Mailbox, { id, tab }, { mailbox, ...replaced });
  await screen.findByRole('heading', { level: 1, name: address });
  return view;
}

const plans = (change: Partial<SignOutPlan>) => () =>
  Promise.resolve({
    address,
    kept_for: [],
    lets_go: [],
    can_revoke: false,
    stops_at_provider: [],
    ...change,
  });

const menu = async (item: string) => {
  await fireEvent.click(screen.getByRole('button', { name: `More actions for ${address}` }));
  await fireEvent.click(screen.getByRole('menuitem', { name: item }));
};

beforeEach(() => {
  location.hash = `#/mailbox/${encodeURIComponent(id)}/overview`;
  for (const toast of toasts.list) toasts.dismiss(toast.id);
});

describe('the page of a mailbox', { timeout: 30_000 }, () => {
  it('leads to a support package about it, or about its last failed test', async () => {
    await show();
    await menu('Ask for help…');
    await waitFor(() => {
      expect(routeOf(location.hash)).toEqual({ page: 'support', about: { kind: 'mailbox', mailbox: id } });
    });
  });

  it('names the last failed test by its error ID', async () => {
    const error = 'MW-7K3F-9Q2D';
    const home = line(address, { status: 'partly-working', problem: verdict() });
    const { container } = await show(
      'overview',
      mailboxPage(home, { report: report(address, { error_id: error }) }),
    );
    const card = within(screen.getByRole('region', { name: verdict().title }));
    await fireEvent.click(card.getByText('Technical details'));
    expect(card.getByText(error)).toBeVisible();
    await expectAccessible(container);
    await fireEvent.click(card.getByRole('button', { name: 'Ask for help' }));
    await waitFor(() => {
      expect(routeOf(location.hash)).toEqual({ page: 'support', about: { kind: 'error', error } });
    });
  });

  it('uses a place that works instead, and tests again', async () => {
    const place = 'imap.example.org:993:tls';
    const changeMailbox = vi.fn(() => Promise.resolve({ id, address, status: 'not-started' }));
    const refused = check('connect', 'imap', { outcome: 'failed', works_instead: [place] });
    const test = vi
      .fn<Gateway['test']>()
      .mockResolvedValueOnce(report(address, { checks: [refused] }))
      .mockResolvedValueOnce(report(address));
    const plan = () => Promise.resolve([{ id: 'connect', protocol: 'imap' }]);
    await show('overview', working, { changeMailbox, test, plan });
    await fireEvent.click(screen.getByRole('button', { name: `Test ${address}` }));
    await fireEvent.click(
      await screen.findByRole('button', { name: /^Use it and test again: imap.example.org port 993/ }),
    );
    expect(changeMailbox).toHaveBeenCalledWith(id, { imap: place });
    await waitFor(() => {
      expect(test).toHaveBeenCalledTimes(2);
    });
  });

  it('says how the mailbox is, with servers, sign-in and the last test', async () => {
    const { container } = await show();
    expect(screen.getByText('anna@example.org sends and reads.')).toBeVisible();
    expect(screen.getByText('smtp.example.org : 587, STARTTLS')).toBeVisible();
    expect(screen.getByText('5 of 5 passed')).toBeVisible();
    expect(container.querySelector('main')).toHaveAttribute('data-page', 'mailbox');
    await expectAccessible(container);
  });

  it('shows the diagnosis with what to do', async () => {
    const home = line(address, { status: 'partly-working', sending: 'failed', problem: verdict() });
    const { container } = await show('overview', mailboxPage(home));
    expect(screen.getByRole('heading', { name: 'Sending is switched off for this mailbox' })).toBeVisible();
    expect(screen.getByRole('button', { name: 'Copy for administrator' })).toBeVisible();
    expect(screen.getByRole('button', { name: 'Test again' })).toBeVisible();
    await expectAccessible(container);
  });

  it('tests with a live ladder, and reads the page again afterwards', async () => {
    let end: (report: ReportInfo) => void = () => undefined;
    const mailbox = vi.fn(() => Promise.resolve(working));
    const { container } = await show('overview', working, {
      mailbox,
      plan: () => Promise.resolve([{ id: 'envelope', protocol: 'smtp' }]),
      test: () => new Promise((resolve) => (end = resolve)),
    });
    await fireEvent.click(screen.getByRole('button', { name: `Test ${address}` }));
    expect(await screen.findByRole('button', { name: `Stop test of ${address}` })).toBeVisible();
    expect(container.querySelector('[data-state="running"]')).not.toBeNull();
    await waitFor(() => {
      expect(container.querySelector('[data-check="smtp/envelope"]')).not.toBeNull();
    });
    end(report(address));
    expect(await screen.findByRole('button', { name: `Test ${address}` })).toBeVisible();
    expect(mailbox).toHaveBeenCalledTimes(2);
    await expectAccessible(container);
  });

  it('can be left while a test runs, and shows it when somebody comes back', async () => {
    let tell: (event: TestEvent) => void = () => undefined;
    let end: (report: ReportInfo) => void = () => undefined;
    const stopTest = vi.fn(() => Promise.resolve());
    const gateway = twinGateway({
      mailbox: () => Promise.resolve(working),
      plan: () => Promise.resolve([{ id: 'envelope', protocol: 'smtp' }]),
      test: (_, event) => {
        tell = event;
        return new Promise((resolve) => (end = resolve));
      },
      stopTest,
    });
    const options = {
      props: { id, tab: 'overview' as const },
      context: new Map([[gatewayKey, gateway]]),
    };
    const first = render(Mailbox, options);
    await fireEvent.click(await screen.findByRole('button', { name: `Test ${address}` }));
    first.unmount();
    expect(stopTest).not.toHaveBeenCalled();
    render(Mailbox, options);
    expect(await screen.findByRole('button', { name: `Stop test of ${address}` })).toBeVisible();
    tell({ event: 'finished', mailbox: address, check: check('envelope', 'smtp') });
    expect(await screen.findByText(/1 of 1/)).toBeVisible();
    end(report(address, { checks: [check('envelope', 'smtp')] }));
    expect(await screen.findByRole('button', { name: `Test ${address}` })).toBeVisible();
  });

  it('says that it reads, that it could not, and that the mailbox is gone', async () => {
    const fail = (code: string) => () => Promise.reject(new HostError(code, 'The disk is full.'));
    const first = renderWith(Mailbox, { id, tab: 'overview' as const }, { mailbox: fail('storage') });
    expect(screen.getByText('Reading the mailbox')).toBeVisible();
    expect(await screen.findByText('Could not read this mailbox')).toBeVisible();
    await expectAccessible(first.container);
    first.unmount();
    renderWith(Mailbox, { id, tab: 'overview' as const }, { mailbox: fail('not-found') });
    expect(await screen.findByRole('heading', { name: 'This mailbox is not on the list' })).toBeVisible();
  });

  it('is taken off the list at once; its toast brings it back or lets it go', async () => {
    const removeMailbox = vi.fn(() => Promise.resolve({ id, name: address, note: '' }));
    const restoreMailbox = vi.fn(() => Promise.resolve({ id, address, status: 'working' }));
    const forgetMailbox = vi.fn(() => Promise.resolve());
    await show('overview', working, { removeMailbox, restoreMailbox, forgetMailbox });
    await menu('Remove');
    await waitFor(() => {
      expect(routeOf(location.hash).page).toBe('mailboxes');
    });
    expect(toasts.list[0]?.text).toBe('anna@example.org removed');
    toasts.act(toasts.list[0]?.id ?? -1);
    expect(restoreMailbox).toHaveBeenCalledWith(id);
    expect(forgetMailbox).not.toHaveBeenCalled();
  });

  it('is read at once also while a test of the list runs', async () => {
    const gateway = twinGateway({
      mailbox: () => Promise.resolve(working),
      test: () => new Promise(() => undefined),
    });
    void testRuns(gateway).start(id);
    const props = { id, tab: 'overview' as const };
    render(Mailbox, { props, context: new Map([[gatewayKey, gateway]]) });
    expect(await screen.findByRole('heading', { level: 1, name: address })).toBeVisible();
    expect(screen.getByRole('button', { name: `Stop test of ${address}` })).toBeVisible();
  });

  it('stays when it could not be removed, and says why', async () => {
    const removeMailbox = () => Promise.reject(new HostError('keychain', 'It is locked.'));
    await show('overview', working, { removeMailbox });
    await menu('Remove');
    expect(await screen.findByText('It is locked.')).toBeVisible();
    expect(toasts.list).toHaveLength(0);
  });
});

describe('its sign-in', { timeout: 30_000 }, () => {
  it('says who, what for and where it is kept', async () => {
    const permissions = () => Promise.resolve([{ meaning: 'send', name: 'SMTP.Send' }]);
    const { container } = await show('sign-in', working, { permissions });
    expect(await screen.findByText('Send mail')).toBeVisible();
    expect(screen.getByText('https://outlook.office.com/SMTP.Send')).toBeVisible();
    expect(screen.getByRole('link', { name: 'Mail' })).toHaveAttribute(
      'href',
      '#/registration/registration-1',
    );
    await expectAccessible(container);
  });

  it('offers to sign in where nobody is', async () => {
    const home = line(address, { status: 'waiting-for-you', signed_in_as: null });
    await show('sign-in', mailboxPage(home));
    expect(screen.getByRole('region', { name: `Sign in to ${address}` })).toBeVisible();
    expect(screen.getByRole('button', { name: `Test ${address}` })).toHaveAttribute('aria-disabled', 'true');
  });

  it('ends after a question that says what else uses it', async () => {
    const note = 'The sign-in was kept for info@example.org.';
    const answer = { address, kept_for: [], also_stopped: [], revoked: false, note };
    const signOut = vi.fn(() => Promise.resolve(answer));
    const signOutPlan = plans({ kept_for: ['info@example.org'] });
    const { container } = await show('sign-in', working, { signOut, signOutPlan });
    await menu('Sign out…');
    expect(await screen.findByText('info@example.org', { selector: 'li' })).toBeVisible();
    expect(screen.queryByRole('radio')).toBeNull();
    await expectAccessible(container);
    await fireEvent.click(screen.getByRole('button', { name: 'Sign out' }));
    expect(signOut).toHaveBeenCalledWith(id, true);
  });

  it('ends at the provider, too, when that is chosen', async () => {
    const answer = { address, kept_for: [], also_stopped: [], revoked: true, note: 'Ended.' };
    const signOut = vi.fn(() => Promise.resolve(answer));
    const signOutPlan = plans({ can_revoke: true, stops_at_provider: ['info@example.org'] });
    await show('sign-in', working, { signOut, signOutPlan });
    await menu('Sign out…');
    await screen.findByRole('radio', { name: /Only on this computer/ });
    expect(screen.queryByText('info@example.org')).toBeNull();
    await fireEvent.click(screen.getByRole('radio', { name: /Here and at the provider/ }));
    expect(screen.getByText('info@example.org', { selector: 'li' })).toBeVisible();
    await fireEvent.click(screen.getByRole('button', { name: 'Sign out' }));
    expect(signOut).toHaveBeenCalledWith(id, false);
  });

  it('ends only here where the provider offers no way, and names what waits with it', async () => {
    const answer = { address, kept_for: [], also_stopped: [], revoked: false, note: 'Ended here.' };
    const signOut = vi.fn(() => Promise.resolve(answer));
    const signOutPlan = plans({ lets_go: ['the set-up of new@example.org'] });
    const { container } = await show('sign-in', working, { signOut, signOutPlan });
    await menu('Sign out…');
    expect(await screen.findByText(/offers programs no way to end it there/)).toBeVisible();
    expect(screen.getByText('the set-up of new@example.org', { selector: 'li' })).toBeVisible();
    await expectAccessible(container);
    await fireEvent.click(screen.getByRole('button', { name: 'Sign out' }));
    expect(signOut).toHaveBeenCalledWith(id, true);
  });
});

describe('its settings', { timeout: 30_000 }, () => {
  const type = (label: string, value: string) =>
    fireEvent.input(screen.getByLabelText(label), { target: { value } });

  it('are saved, and a test is offered', async () => {
    const changeMailbox = vi.fn(() => Promise.resolve({ id, address, status: 'not-started' }));
    const { container } = await show('sending', working, { changeMailbox });
    expect(screen.getByRole('button', { name: 'Save' })).toHaveAttribute('aria-disabled', 'true');
    await expectAccessible(container);
    await type('Server', 'mail.example.org');
    await fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    expect(changeMailbox).toHaveBeenCalledWith(id, { smtp: 'mail.example.org:587:starttls' });
    expect(await screen.findByText('Saved')).toBeVisible();
  });

  it('say under a field what is wrong, from here and from the host, and keep what was typed', async () => {
    const changeMailbox = vi.fn(() => Promise.reject(new HostError('usage', 'That is no host name.')));
    const { container } = await show('sending', working, { changeMailbox });
    await type('Port', '0');
    await fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    expect(screen.getByText('A port is a number from 1 to 65535.')).toBeVisible();
    expect(changeMailbox).not.toHaveBeenCalled();
    await waitFor(() => {
      expect(screen.getByLabelText('Port')).toHaveFocus();
    });
    await type('Port', '587');
    await type('Server', '-');
    await fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('That is no host name.')).toBeVisible();
    expect(screen.getByLabelText('Server')).toHaveValue('-');
    await expectAccessible(container);
    await fireEvent.click(screen.getByRole('button', { name: 'Undo changes' }));
    expect(screen.getByLabelText('Server')).toHaveValue('smtp.example.org');
  });

  it('stay as typed when the other tab, or what was typed before, is saved', async () => {
    const saved: (() => void)[] = [];
    const changeMailbox = vi.fn(
      () =>
        new Promise<Added>((resolve) => {
          saved.push(() => {
            resolve({ id, address, status: 'not-started' });
          });
        }),
    );
    const { rerender } = await show('receiving', working, { changeMailbox });
    await type('Server', 'typed.example.org');
    await rerender({ id, tab: 'sending' });
    await type('Server', 'mail.example.org');
    await fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    await type('Sender name', 'typed while it is saved');
    saved[0]?.();
    await waitFor(() => {
      expect(announced()).toContain('Saved');
    });
    expect(screen.getByLabelText('Sender name')).toHaveValue('typed while it is saved');
    expect(screen.getByText('Not saved yet')).toBeVisible();
    await rerender({ id, tab: 'receiving' });
    expect(screen.getByLabelText('Server')).toHaveValue('typed.example.org');
    expect(screen.getByText('Not saved yet')).toBeVisible();
  });

  it('are tested as they stand before they are saved, and what was found goes with them', async () => {
    const changeMailbox = vi.fn();
    const plan = vi.fn<Gateway['plan']>(() => Promise.resolve([{ id: 'envelope', protocol: 'smtp' }]));
    const test = vi.fn<Gateway['test']>(() =>
      Promise.resolve(report(id, { checks: [check('envelope', 'smtp', { outcome: 'failed' })] })),
    );
    const { container } = await show('sending', working, { changeMailbox, plan, test });
    expect(screen.queryByRole('button', { name: 'Test without saving' })).toBeNull();
    await type('Port', '99999');
    await fireEvent.click(screen.getByRole('button', { name: 'Test without saving' }));
    expect(test).not.toHaveBeenCalled();
    await type('Port', '465');
    await fireEvent.click(screen.getByRole('button', { name: 'Test without saving' }));
    const choice = { only: ['smtp'], change: { smtp: 'smtp.example.org:465:starttls' } };
    await waitFor(() => {
      expect(test).toHaveBeenCalledWith(id, expect.any(Function), choice);
    });
    expect(plan).toHaveBeenCalledWith(id, choice);
    expect(await screen.findByText('Sender and recipient accepted')).toBeVisible();
    await expectAccessible(container);
    expect(changeMailbox).not.toHaveBeenCalled();
    expect(screen.getByText('Not saved yet')).toBeVisible();
    await type('Port', '2525');
    expect(screen.queryByText('Sender and recipient accepted')).toBeNull();
  });

  it('of a side that is switched off hide no fault that keeps it from being saved', async () => {
    const changeMailbox = vi.fn(() => Promise.resolve({ id, address, status: 'not-started' }));
    await show('sending', working, { changeMailbox });
    await type('Time limit per check', '');
    await fireEvent.click(screen.getByRole('switch'));
    await fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    expect(changeMailbox).toHaveBeenCalledWith(id, { send: false });
  });

  it('stay as typed when another tab is shown', async () => {
    const { rerender } = await show('receiving');
    await type('Server', 'typed.example.org');
    await rerender({ id, tab: 'overview' });
    await rerender({ id, tab: 'receiving' });
    expect(screen.getByLabelText('Server')).toHaveValue('typed.example.org');
    expect(screen.getByText('Not saved yet')).toBeVisible();
  });

  it('of a password shows no sign-in, and takes another password that it never gets back', async () => {
    const home = line(address, {
      auth: 'password',
      signed_in_as: null,
      protocols: ['pop3', 'smtp'],
      status: 'waiting-for-you',
      sending: 'unchecked',
      reading: 'unchecked',
    });
    const page = mailboxPage(home);
    page.details = {
      ...page.details,
      registration: null,
      servers: page.details.servers.map((server) =>
        server.protocol === 'imap'
          ? { ...server, protocol: 'pop3', host: 'pop.example.org', port: 995 }
          : server,
      ),
      announcements: [
        {
          id: 'microsoft-smtp-password-off',
          on: '2026-12-31',
          when: 'At the end of December 2026',
          ends: true,
          title: 'Microsoft switches sending with a password off',
          what: 'It is off then.',
          steps: ['Switch the mailbox to Microsoft sign-in.'],
          link: 'https://example.org/announced',
          source: 'Message Center',
          checked_on: '2026-11-28',
        },
      ],
    };
    const changeMailbox = vi.fn(() =>
      Promise.resolve({ id, address, status: 'not-started' } satisfies Added),
    );
    const first = await show('overview', page, { changeMailbox });
    expect(screen.getByText('pop.example.org : 995, TLS')).toBeVisible();
    expect(screen.getByText('POP3 server')).toBeVisible();
    expect(screen.getByText(/^At the end of December 2026: Microsoft switches/)).toBeVisible();
    expect(screen.queryByRole('tab', { name: 'Folders' })).toBeNull();
    expect(screen.queryByRole('button', { name: /Sign in to/ })).toBeNull();
    expect(screen.getByRole('button', { name: 'Enter password' })).toBeVisible();
    await expectAccessible(first.container);
    first.unmount();

    const { container } = await show('sign-in', page, { changeMailbox });
    await fireEvent.click(screen.getByRole('button', { name: 'Save password' }));
    expect(await screen.findByText('Enter the password.')).toBeVisible();
    const field = screen.getByLabelText('New password');
    await fireEvent.input(field, { target: { value: 'pw-canary' } });
    await fireEvent.click(screen.getByRole('button', { name: 'Save password' }));
    await waitFor(() => {
      expect(field).toHaveValue('');
    });
    expect(changeMailbox).toHaveBeenCalledWith(id, { password: 'pw-canary' });
    expect(container.innerHTML).not.toContain('canary');
    await expectAccessible(container);
  });
});
