import { fireEvent, screen, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import type { VerdictInfo } from '../../bindings/VerdictInfo';
import { HostError, type Gateway } from '../../host/gateway';
import { expectAccessible, renderWith } from '../../test-render';
import Registration from './Registration.svelte';
import Registrations from './Registrations.svelte';
import { summaryText } from './registration-checks.svelte';
import { checked, reading, registration } from './samples';

const wrongSecret: VerdictInfo = {
  id: 'entra-secret-wrong',
  title: 'Microsoft does not know this client secret',
  what: 'The client secret is not the one in the app registration.',
  still_works: 'Nothing was changed.',
  who: 'consultant',
  steps: ['Copy the “Value”.', 'Enter it here.'],
  link: null,
  command: null,
  reverse: null,
  source: 'Microsoft',
  checked_on: '2026-11-20',
  matched: null,
};

const result = checked(
  'Mail',
  reading('client'),
  reading('secret', { outcome: 'failed', verdict: wrongSecret }),
  reading('redirect', { outcome: 'unchecked', basis: 'not-seen', seen: null, detail: 'Not seen live.' }),
  reading('consent', { basis: 'sign-in', detail: 'Somebody agreed.' }),
  reading('to-come', { outcome: 'skipped' }),
);

function show(last: ReturnType<typeof checked> | null, replaced: Partial<Gateway> = {}) {
  const details = registration('Mail', { last_check: last });
  return renderWith<{ id: string | null }>(
    Registration,
    { id: 'id-Mail' },
    { registration: () => Promise.resolve(details), ...replaced },
  );
}

describe('the check of an app registration', { timeout: 30_000 }, () => {
  it('says each reading with what it rests on, and what to do where it failed', async () => {
    const checkRegistration = vi.fn<Gateway['checkRegistration']>(() => Promise.resolve(result));
    const { container } = show(null, { checkRegistration });
    expect(await screen.findByText(/Nobody has asked the provider/)).toBeVisible();
    await fireEvent.click(screen.getByRole('button', { name: 'Check now' }));
    const list = await screen.findByRole('list', { name: 'Checked separately' });
    expect(checkRegistration).toHaveBeenCalledWith('id-Mail');
    const outcome = (id: string) => list.querySelector(`[data-check="${id}"]`)?.getAttribute('data-outcome');
    expect(['client', 'secret', 'redirect', 'consent', 'to-come'].map(outcome)).toEqual([
      'passed',
      'failed',
      'unchecked',
      'passed',
      'skipped',
    ]);
    expect(within(list).getByText('Microsoft does not know this client secret')).toBeVisible();
    expect(within(list).getByText('Not seen live.')).toBeVisible();
    expect(within(list).getByText(/^Somebody agreed\. Shown by the sign-in of /)).toBeVisible();
    expect(screen.getByRole('button', { name: 'Check again' })).toBeVisible();
    await expectAccessible(container);
  });

  it('shows the last look, and that changes are not part of it', async () => {
    show(result);
    expect(await screen.findByText('Said about client.')).toBeVisible();
    expect(screen.queryByText(/Checked is what was saved/)).toBeNull();
    await fireEvent.input(screen.getByLabelText('Name'), { target: { value: 'Other' } });
    expect(await screen.findByText(/Checked is what was saved/)).toBeVisible();
  });

  it('says why it did not come about', async () => {
    const checkRegistration = () => Promise.reject(new HostError('storage', 'The disk is full.'));
    show(result, { checkRegistration });
    await fireEvent.click(await screen.findByRole('button', { name: 'Check again' }));
    expect(await screen.findByText('The disk is full.')).toBeVisible();
    expect(screen.getByText('Said about client.')).toBeVisible();
  });

  it('stands in the list in a few words', async () => {
    const registrations = () =>
      Promise.resolve({
        registrations: [registration('Mail', { last_check: result }), registration('New')],
      });
    const { container } = renderWith(Registrations, {}, { registrations });
    expect(await screen.findByText('1 reading failed')).toBeInTheDocument();
    await expectAccessible(container);
    expect(summaryText(checked('a', reading('client')))).toBe('Nothing failed');
    const unseen = reading('redirect', { outcome: 'unchecked' });
    expect(summaryText(checked('a', unseen))).toBe('Nothing failed, 1 reading not seen live');
  });
});
