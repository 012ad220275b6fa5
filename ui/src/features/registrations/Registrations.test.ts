import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { HostError, type Gateway } from '../../host/gateway';
import { twinGateway } from '../../host/twin';
import { expectAccessible, renderWith } from '../../test-render';
import { registrationEdit } from './registration-edit.svelte';
import Registrations from './Registrations.svelte';
import { registration } from './samples';

const used = registration('Mail', { mailboxes: ['a@example.org', 'b@example.org'] });
const free = registration('Old', { has_secret: true, secret_expires: '2020-01-31' });

async function show(replaced: Partial<Gateway> = {}) {
  const registrations = () => Promise.resolve({ registrations: [used, free] });
  const view = renderWith(Registrations, {}, { registrations, ...replaced });
  await screen.findByRole('grid');
  return view;
}

const row = (name: string) => document.querySelector<HTMLElement>(`tr[data-registration="${name}"]`);

beforeEach(() => {
  location.hash = '#/registrations';
});

describe('the app registrations', { timeout: 30_000 }, () => {
  it('are listed with who uses them and the end of their secret', async () => {
    const { container } = await show();
    expect(row('Mail')).toHaveTextContent('2 mailboxes');
    expect(row('Old')).toHaveTextContent(/days ago/);
    expect(container.querySelector('main')).toHaveAttribute('data-page', 'registrations');
    row('Mail')?.focus();
    await fireEvent.keyDown(row('Mail') ?? container, { key: 'ArrowDown' });
    await waitFor(() => {
      expect(row('Old')).toHaveFocus();
    });
    await expectAccessible(container);
    await fireEvent.keyDown(row('Old') ?? container, { key: 'Enter' });
    expect(location.hash).toBe('#/registration/id-Old');
  });

  it('are removed after a question', async () => {
    const removeRegistration = vi.fn(() => Promise.resolve({ id: 'id-Old', name: 'Old', note: '' }));
    const { container } = await show({ removeRegistration });
    await fireEvent.click(row('Old') ?? container);
    await fireEvent.click(screen.getByRole('button', { name: 'Remove Old' }));
    await expectAccessible(container);
    await fireEvent.click(screen.getByRole('button', { name: 'Remove' }));
    expect(removeRegistration).toHaveBeenCalledWith('id-Old');
  });

  it('are not removed while mailboxes use them; those are named', async () => {
    const { container } = await show();
    await fireEvent.click(row('Mail') ?? container);
    await fireEvent.click(screen.getByRole('button', { name: 'Remove Mail' }));
    expect(screen.getByText('Mail is in use')).toBeVisible();
    expect(screen.getByText('b@example.org', { selector: 'li' })).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Remove' })).toBeNull();
  });

  it('say why one could not be removed', async () => {
    const removeRegistration = () =>
      Promise.reject(new HostError('conflict', '“Old” is used by c@example.org.'));
    const { container } = await show({ removeRegistration });
    await fireEvent.click(row('Old') ?? container);
    await fireEvent.click(screen.getByRole('button', { name: 'Remove Old' }));
    await fireEvent.click(screen.getByRole('button', { name: 'Remove' }));
    expect(await screen.findByText('“Old” is used by c@example.org.')).toBeVisible();
  });

  it('explain themselves when there is none, and say why they could not be read', async () => {
    const first = renderWith(Registrations, {});
    expect(await screen.findByRole('heading', { name: 'No app registrations yet' })).toBeVisible();
    await expectAccessible(first.container);
    await fireEvent.click(screen.getByRole('button', { name: 'Add registration' }));
    expect(location.hash).toBe('#/registration');
    first.unmount();
    const registrations = () => Promise.reject(new HostError('storage', 'The disk is full.'));
    const second = renderWith(Registrations, {}, { registrations });
    expect(await screen.findByText('The disk is full.')).toBeVisible();
    await expectAccessible(second.container);
  });

  it('show what was found out while one was saved, until that is closed', async () => {
    const notes = ['Its addresses were read from https://id.example.org.'];
    const edit = registrationEdit(
      twinGateway({ saveRegistration: () => Promise.resolve({ id: 'id-Own', name: 'Own', notes }) }),
      null,
    );
    await edit.save();
    const { container } = await show();
    expect(screen.getByText(notes[0] ?? '')).toBeVisible();
    await expectAccessible(container);
    await fireEvent.click(screen.getByRole('button', { name: 'Close' }));
    expect(screen.queryByText(notes[0] ?? '')).toBeNull();
  });
});
