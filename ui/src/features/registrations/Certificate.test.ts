import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Gateway } from '../../host/gateway';
import { expectAccessible, renderWith } from '../../test-render';
import type { RegistrationPart } from '../../routes';
import { certificateCommand, named } from './command-line';
import Registration from './Registration.svelte';
import Registrations from './Registrations.svelte';
import { certificate, registration } from './samples';

const own = certificate({ expires: '2020-01-31T12:00:00Z' });
const details = registration("Anna's mail", { certificate: own });
const one = () => Promise.resolve(details);

const show = (replaced: Partial<Gateway> = {}, part?: RegistrationPart) =>
  renderWith<{ id: string | null; part?: RegistrationPart | undefined }>(
    Registration,
    { id: details.id, part },
    { registration: one, ...replaced },
  );

beforeEach(() => {
  location.hash = '#/registration';
});

describe('the certificate of a registration', { timeout: 30_000 }, () => {
  it('is shown with its subject, its thumbprint to copy, and its last day', async () => {
    const copyText = vi.fn<Gateway['copyText']>(() => Promise.resolve());
    const { container } = show({ copyText });
    const part = within(await screen.findByRole('region', { name: 'Certificate' }));
    expect(part.getByText('CN=ERP mail')).toBeVisible();
    expect(part.getByText(/2020, \d+ days ago/)).toHaveClass('past');
    await fireEvent.click(part.getByRole('button', { name: 'Copy Thumbprint' }));
    expect(copyText).toHaveBeenCalledWith(own.thumbprint);
    await expectAccessible(container);
  });

  it('is replaced by a command, which keeps the key out of the window, and by an upload', async () => {
    const copyText = vi.fn<Gateway['copyText']>(() => Promise.resolve());
    const openLink = vi.fn<Gateway['openLink']>(() => Promise.resolve());
    show({ copyText, openLink });
    const part = within(await screen.findByRole('region', { name: 'Certificate' }));
    await fireEvent.click(part.getByRole('button', { name: 'Copy command that replaces the certificate' }));
    expect(copyText).toHaveBeenCalledWith(certificateCommand(details));
    expect(part.getByText(/private key never comes into this window/)).toBeVisible();
    await fireEvent.click(part.getByRole('link'));
    expect(openLink.mock.calls[0]?.[0]).toContain(`/~/Credentials/appId/${details.client_id}`);
  });

  it('says that the secret is what is sent where there are both', async () => {
    show({ registration: () => Promise.resolve({ ...details, has_secret: true }) });
    expect(await screen.findByText(/the secret is what is sent/)).toBeVisible();
  });

  it('is not there where there is none', async () => {
    show({ registration: () => Promise.resolve(registration('Mail')) });
    await screen.findByRole('region', { name: 'Client secret' });
    expect(screen.queryByRole('region', { name: 'Certificate' })).toBeNull();
  });

  it('has the focus when another page led to it, as the secret has', async () => {
    const first = show({}, 'certificate');
    await waitFor(() => {
      expect(screen.getByRole('region', { name: 'Certificate' })).toHaveFocus();
    });
    await expectAccessible(first.container);
    first.unmount();
    show({}, 'secret');
    await waitFor(() => {
      expect(screen.getByLabelText('Secret, “Value”')).toHaveFocus();
    });
  });

  it('is in the list, with its end', async () => {
    renderWith(Registrations, {}, { registrations: () => Promise.resolve({ registrations: [details] }) });
    const grid = await screen.findByRole('grid');
    expect(within(grid).getByRole('columnheader', { name: 'Proves itself by' })).toBeVisible();
    const cell = within(grid).getByRole('gridcell', { name: /^Certificate: .*2020, \d+ days ago$/ });
    expect(cell).toHaveClass('past');
    await fireEvent.click(cell);
    expect(screen.getByText(/^The certificate of Anna's mail ends: /)).toBeVisible();
  });
});

describe('a registration in a command', () => {
  const name = (text: string, onWindows: boolean) => named({ id: 'the-id', name: text }, onWindows);

  it('is one word of a POSIX shell', () => {
    expect([name('Mail', false), name('ERP mail', false), name("Anna's $HOME `x`", false)]).toEqual([
      'Mail',
      "'ERP mail'",
      String.raw`'Anna'\''s $HOME ${'`x`'}'`,
    ]);
  });

  it('is one word of cmd and of PowerShell, or its id where they differ', () => {
    expect([name('ERP mail', true), name("Anna's & Bob's", true)]).toEqual([
      '"ERP mail"',
      '"Anna\'s & Bob\'s"',
    ]);
    for (const text of ['50 % mail', '$mail x', 'a "b"', 'a “b”', 'x\\', 'a `b'])
      expect(name(text, true)).toBe('the-id');
  });

  it('is its id where its name would be an option or breaks the line', () => {
    for (const text of ['--name', 'a\nb', ''])
      expect([name(text, false), name(text, true)]).toEqual(['the-id', 'the-id']);
  });
});
