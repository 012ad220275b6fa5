import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import type { MailboxPage } from '../../bindings/MailboxPage';
import type { SetupForm } from '../../bindings/SetupForm';
import { HostError, type Gateway } from '../../host/gateway';
import { expectAccessible } from '../../test-render';
import { emptyForm } from './forms';
import { check, host, info, mailboxPage, plan, report, unknownProvider } from './fixtures';
import { fromTheStart, press, show, type, until } from './in-front';

fromTheStart();

const address = 'orders@brightwater.example';
const canary = 'pw-canary 0815';
const typed = { ...emptyForm(), address, manual: true };

/** The mailbox as the host has it then: read with POP3, by a password. */
function box(): MailboxPage {
  const page = mailboxPage();
  const line = { auth: 'password', protocols: ['pop3', 'smtp'], provider: 'custom' };
  return {
    ...page,
    home: { ...page.home, ...line },
    details: { ...page.details, ...line, registration: null },
  };
}

/** A host with own servers that wants a password, and all that it was given. */
function passwordHost(replaced: Partial<Gateway> = {}) {
  const saved: SetupForm[] = [];
  const confirmed = vi.fn<(id: string, password: string | null) => void>();
  const checks = plan
    .filter(({ id, protocol }) => id !== 'renew' && id !== 'folders' && protocol !== 'imap')
    .concat([{ id: 'inbox', protocol: 'pop3' }])
    .map((planned) => check(planned));
  const base = host({ step: 'confirm', form: typed }, { find: () => Promise.resolve(unknownProvider()) });
  const gateway: Partial<Gateway> = {
    ...base,
    saveSetup: (id, step, form) => {
      saved.push(form);
      return base.saveSetup?.(id, step, form) ?? Promise.reject(new Error('no host'));
    },
    confirmSetup: (id, password) => {
      confirmed(id, password);
      const form = saved.at(-1) ?? typed;
      return Promise.resolve(info({ id, step: 'checks', mailbox: 'box-1', form }));
    },
    mailbox: () => Promise.resolve(box()),
    test: () => Promise.resolve(report({ checks })),
    ...replaced,
  };
  return { gateway, saved, confirmed };
}

async function fill(): Promise<void> {
  await fireEvent.click(screen.getByRole('radio', { name: 'POP3' }));
  await type('Receiving server', 'pop.brightwater.example');
  await type('Receiving port', '995');
  await type('Sending server', 'smtp.brightwater.example');
  await type('Sending port', '587');
  await fireEvent.click(screen.getByRole('radio', { name: /With a password or an app password/ }));
}

describe('own servers', { timeout: 90_000 }, () => {
  it('are read with POP3 by a password, which goes to the host once and into nothing that is kept', async () => {
    const { gateway, saved, confirmed } = passwordHost();
    const { container } = show('setup-1', {}, gateway);
    await until('confirm', 'manual');
    await fill();
    expect(screen.queryByText(/app registration/i)).toBeNull();
    await expectAccessible(container);
    await press('Continue to the checks');
    expect(await screen.findByText('Enter the password.')).toBeVisible();
    expect(confirmed).not.toHaveBeenCalled();

    await type('User name', 'orders');
    await type('Password', canary);
    expect(screen.getByLabelText('Password')).toHaveAttribute('type', 'password');
    await press('Continue to the checks');
    await until('checks');
    expect(confirmed.mock.calls).toEqual([['setup-1', canary]]);
    expect(saved.at(-1)).toMatchObject({
      read_with: 'pop3',
      who_signs_in: 'password',
      sign_in_name: 'orders',
      pop3: { host: 'pop.brightwater.example', port: '995' },
    });
    expect(JSON.stringify(saved)).not.toContain('canary');
    expect(document.body.innerHTML).not.toContain('canary');
    // There is neither a sign-in nor a folder to look at.
    await waitFor(() => {
      expect(screen.getByRole('button', { name: 'Continue' })).toBeEnabled();
    });
    expect(screen.queryByText('Sign in')).toBeNull();
    await press('Continue');
    await until('done');
    await press('Back');
    await until('checks');
    await press('Back');
    await until('confirm');
  });

  it('keep what was typed where the password is refused', async () => {
    const refused = () => Promise.reject(new HostError('keychain', 'The keychain is locked.'));
    const { gateway } = passwordHost({ confirmSetup: refused });
    show('setup-1', {}, gateway);
    await until('confirm', 'manual');
    await fill();
    await type('Password', canary);
    await press('Continue to the checks');
    expect(await screen.findByText('The keychain is locked.')).toBeVisible();
    expect(screen.getByLabelText('Password')).toHaveValue(canary);
  });

  it('can be read with both, each with its own fields', async () => {
    const { gateway } = passwordHost();
    const { container } = show('setup-1', {}, gateway);
    await until('confirm', 'manual');
    await fireEvent.click(screen.getByRole('radio', { name: 'Both' }));
    expect(screen.getByLabelText('Receiving (IMAP) server')).toBeVisible();
    expect(screen.getByLabelText('Receiving (POP3) server')).toBeVisible();
    await expectAccessible(container);
  });
});
