import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { FieldNote } from '../../bindings/FieldNote';
import { HostError, type Gateway } from '../../host/gateway';
import { twinGateway } from '../../host/twin';
import { expectAccessible, renderWith } from '../../test-render';
import Keys from '../../components/Keys.svelte';
import { registrationEdit } from './registration-edit.svelte';
import Registration from './Registration.svelte';
import { registration } from './samples';

const saved = { id: 'id-Mail', name: 'Mail', notes: [] };
const wrong: FieldNote = { field: 'client_id', wrong: true, message: 'That is not the form of a client ID.' };
const hint: FieldNote = { field: 'tenant', wrong: false, message: 'A domain works, an ID is surer.' };

const show = (id: string | null = null, replaced: Partial<Gateway> = {}) =>
  renderWith<{ id: string | null }>(Registration, { id }, replaced);

const field = (label: string) => screen.getByLabelText(label);
const type = (label: string, value: string) => fireEvent.input(field(label), { target: { value } });
const save = () => fireEvent.submit(screen.getByRole('form'));

beforeEach(() => {
  location.hash = '#/registration';
});

const changed = () =>
  new Promise<void>((done) => {
    addEventListener(
      'hashchange',
      () => {
        done();
      },
      { once: true },
    );
  });

describe('an app registration', { timeout: 30_000 }, () => {
  it('is added with its fields, and the list is shown again', async () => {
    const saveRegistration = vi.fn<Gateway['saveRegistration']>(() => Promise.resolve(saved));
    const { container } = show(null, { saveRegistration });
    expect(container.querySelector('main')).toHaveAttribute('data-page', 'registration');
    await type('Name', 'Mail');
    await type('Application (client) ID', '11111111-2222-3333-4444-555555555555');
    await expectAccessible(container);
    await save();
    await waitFor(() => {
      expect(location.hash).toBe('#/registrations');
    });
    expect(saveRegistration.mock.calls[0]?.[0]).toBeNull();
    expect(saveRegistration.mock.calls[0]?.[1]).toMatchObject({ name: 'Mail', provider: 'microsoft' });
    expect(saveRegistration.mock.calls[0]?.[2]).toEqual({ from: 'keep' });
  });

  it('gets its notes when a field is left: errors and hints, none before', async () => {
    const reviewRegistration = () => Promise.resolve([wrong, hint]);
    const { container } = show(null, { reviewRegistration });
    expect(screen.queryByText(wrong.message)).toBeNull();
    await type('Application (client) ID', 'x');
    await fireEvent.blur(field('Application (client) ID'));
    expect(await screen.findByText(wrong.message)).toBeVisible();
    expect(field('Application (client) ID')).toHaveAttribute('aria-invalid', 'true');
    expect(screen.queryByText(hint.message)).toBeNull();
    await type('Directory (tenant) ID', 'example.org');
    await fireEvent.blur(field('Directory (tenant) ID'));
    expect(await screen.findByText(hint.message)).toBeVisible();
    await expectAccessible(container);
  });

  it('is not saved with a wrong field, which gets the focus', async () => {
    const saveRegistration = vi.fn<Gateway['saveRegistration']>(() => Promise.resolve(saved));
    show(null, { saveRegistration, reviewRegistration: () => Promise.resolve([wrong]) });
    await save();
    await waitFor(() => {
      expect(field('Application (client) ID')).toHaveFocus();
    });
    expect(saveRegistration).not.toHaveBeenCalled();
  });

  it('takes a pasted secret without its value', async () => {
    const saveRegistration = vi.fn<Gateway['saveRegistration']>(() => Promise.resolve(saved));
    const pasteSecret = () => Promise.resolve({ characters: 40, notes: [] });
    show(null, { saveRegistration, pasteSecret });
    await fireEvent.click(screen.getByRole('button', { name: 'Paste the secret from the clipboard' }));
    expect(await screen.findByText('Value pasted, 40 characters')).toBeVisible();
    await save();
    await waitFor(() => {
      expect(saveRegistration.mock.calls[0]?.[2]).toEqual({ from: 'clipboard' });
    });
  });

  it('keeps what was entered when it could not be saved, the typed secret as well', async () => {
    const saveRegistration = vi.fn<Gateway['saveRegistration']>(() =>
      Promise.reject(new HostError('conflict', 'There is an app registration named “Mail” already.')),
    );
    const { container } = show(null, { saveRegistration });
    await type('Name', 'Mail');
    await type('Secret, “Value”', 'abc~def');
    await save();
    expect(await screen.findByText('Not saved. What you entered is still here.')).toBeVisible();
    expect(screen.getByText('There is an app registration named “Mail” already.')).toBeVisible();
    expect(saveRegistration.mock.calls[0]?.[2]).toEqual({ from: 'typed', value: 'abc~def' });
    expect(field('Name')).toHaveValue('Mail');
    expect(field('Secret, “Value”')).toHaveValue('abc~def');
    await expectAccessible(container);
  });

  it('is changed: keeps its secret, or loses it', async () => {
    const saveRegistration = vi.fn<Gateway['saveRegistration']>(() => Promise.resolve(saved));
    const details = registration('Mail', { has_secret: true, mailboxes: ['a@example.org'] });
    const { container } = show('id-Mail', { saveRegistration, registration: () => Promise.resolve(details) });
    expect(await screen.findByText('A secret is in the keychain.')).toBeVisible();
    expect(screen.getByRole('link', { name: 'a@example.org' })).toBeVisible();
    const checks = screen.getByRole('link', { name: 'Organisation checks' });
    expect(checks).toHaveAttribute('href', '#/organisation/id-Mail');
    await expectAccessible(container);
    await fireEvent.click(screen.getByRole('button', { name: 'Remove the secret' }));
    expect(screen.getByText('The secret is removed when you save.')).toBeVisible();
    await save();
    await waitFor(() => {
      expect(saveRegistration.mock.calls[0]?.[0]).toBe('id-Mail');
    });
    expect(saveRegistration.mock.calls[0]?.[2]).toEqual({ from: 'remove' });
  });

  it('finds tenant and cloud by a domain, and says why it could not', async () => {
    const tenant = '5f1b2c3d-0001-4000-8000-0000000000c0';
    const mark = 'Not confirmed by Microsoft for this cloud: permissions.';
    const findTenant = vi
      .fn<Gateway['findTenant']>()
      .mockRejectedValueOnce(new HostError('not-found', 'Microsoft knows no organisation with this domain.'))
      .mockResolvedValueOnce({ domain: 'firma.us', tenant, cloud: 'gcc-high', not_confirmed: mark });
    const reviewRegistration = () => Promise.resolve([{ field: 'cloud', wrong: false, message: mark }]);
    const { container } = show(null, { findTenant, reviewRegistration });
    const find = screen.getByRole('button', { name: 'Find the tenant' });
    await fireEvent.click(find);
    expect(findTenant).not.toHaveBeenCalled();
    await type('Domain or address', 'anna@firma.us');
    await fireEvent.click(find);
    expect(await screen.findByText('Microsoft knows no organisation with this domain.')).toBeVisible();
    expect(field('Directory (tenant) ID')).toHaveValue('');
    await fireEvent.keyDown(field('Domain or address'), { key: 'Enter' });
    await waitFor(() => {
      expect(field('Directory (tenant) ID')).toHaveValue(tenant);
    });
    expect(findTenant).toHaveBeenLastCalledWith('anna@firma.us', 'global', '');
    expect(
      screen.getByText('firma.us was found at Microsoft. Cloud: US government, GCC High.'),
    ).toBeVisible();
    expect(await screen.findByText(mark)).toBeVisible();
    await expectAccessible(container);
  });

  it('has the fields of its provider', async () => {
    const { container } = show();
    await fireEvent.click(screen.getByRole('radio', { name: 'Own server' }));
    expect(field('Issuer')).toBeVisible();
    expect(screen.queryByLabelText('Directory (tenant) ID')).toBeNull();
    await expectAccessible(container);
    await fireEvent.click(screen.getByRole('radio', { name: 'Google' }));
    expect(screen.queryByLabelText('Issuer')).toBeNull();
    expect(screen.getByText('http://127.0.0.1')).toBeVisible();
  });

  it('has its pasted secret no more when another one takes its place', async () => {
    const pasteSecret = () => Promise.resolve({ characters: 40, notes: [] });
    const gateway = twinGateway({ pasteSecret });
    const [one, other] = [registrationEdit(gateway, 'one'), registrationEdit(gateway, 'other')];
    await one.paste();
    await other.paste();
    expect([one.secret, other.secret]).toEqual(['keep', 'clipboard']);
  });

  it('has the host let go of a pasted secret when it is not wanted any more, and only then', async () => {
    const pasteSecret = () => Promise.resolve({ characters: 40, notes: [] });
    const forgetSecret = vi.fn(() => Promise.resolve());
    const gateway = twinGateway({ pasteSecret, forgetSecret });
    const [one, other] = [registrationEdit(gateway, 'one'), registrationEdit(gateway, 'other')];
    await one.paste();
    await other.paste();
    one.keepSecret();
    expect(forgetSecret).not.toHaveBeenCalled();
    other.typedSecret = 'abc';
    other.typeSecret();
    expect(forgetSecret).toHaveBeenCalledOnce();
    expect([other.secret, other.typedSecret]).toEqual(['typed', 'abc']);
  });

  it('goes back to the set-up that asked for it', async () => {
    location.hash = '#/setup/s1';
    await changed();
    location.hash = '#/registration';
    await changed();
    show(null, { saveRegistration: () => Promise.resolve(saved) });
    await save();
    await waitFor(() => {
      expect(location.hash).toBe('#/setup/s1');
    });
  });

  it('says why it could not be read', async () => {
    show('id-Mail', { registration: () => Promise.reject(new HostError('storage', 'The disk is full.')) });
    expect(await screen.findByText('The disk is full.')).toBeVisible();
  });

  it('keeps what was entered on Escape, and reads anew what nobody changed', async () => {
    const gateway = twinGateway({ registration: vi.fn(() => Promise.resolve(registration('Mail'))) });
    const one = registrationEdit(gateway, 'one');
    await one.read();
    one.leave();
    const again = registrationEdit(gateway, 'one');
    expect(again).not.toBe(one);
    await again.read();
    again.form.name = 'Typed';
    again.leave();
    expect(registrationEdit(gateway, 'one')).toBe(again);
    show(null);
    renderWith(Keys, {});
    await type('Name', 'Typed');
    const left = changed();
    await fireEvent.keyDown(field('Name'), { key: 'Escape' });
    await left;
    expect(field('Name')).toHaveValue('Typed');
  });
});
