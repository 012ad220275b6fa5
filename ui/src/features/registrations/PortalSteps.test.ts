import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Gateway } from '../../host/gateway';
import { twinGateway } from '../../host/twin';
import { expectAccessible, renderWith } from '../../test-render';
import { emptyForm } from './fields';
import { portalSteps, type Entered } from './portal-steps';
import { registrationEdit } from './registration-edit.svelte';
import Registration from './Registration.svelte';
import { registration } from './samples';

const client = '11111111-2222-3333-4444-555555555555';

const show = (id: string | null = null, replaced: Partial<Gateway> = {}) =>
  renderWith<{ id: string | null }>(Registration, { id }, replaced);
const type = (label: string, value: string) =>
  fireEvent.input(screen.getByLabelText(label), { target: { value } });
const group = (name: string) => screen.getByRole('region', { name });
const step = (text: RegExp) => screen.getByText(text).closest('li');

/** The steps that are shown where this is entered, as `group/step`. */
function steps(entered: Partial<Entered> & { provider: string }): string[] {
  const form = { ...emptyForm(), provider: entered.provider, ...entered.form };
  return portalSteps({ anyPort: true, secret: false, ...entered, form }).flatMap((one) =>
    one.steps.map(({ id }) => `${one.id}/${id}`),
  );
}

beforeEach(() => {
  location.hash = '#/registration';
});

describe('the steps in the portal', { timeout: 30_000 }, () => {
  it('stand beside the form where a registration is added, and not where one is changed', async () => {
    const { container, unmount } = show();
    expect(screen.getByRole('region', { name: 'In the portal, one visit' })).toBeVisible();
    expect(screen.getByText('0 of 8 steps done')).toBeInTheDocument();
    await expectAccessible(container);
    unmount();
    show('id-Mail', { registration: () => Promise.resolve(registration('Mail')) });
    await screen.findByLabelText('Name');
    expect(screen.queryByRole('region', { name: 'In the portal, one visit' })).toBeNull();
  });

  it('are done by themselves when their field is filled, and not with what cannot be right', async () => {
    const reviewRegistration: Gateway['reviewRegistration'] = ({ tenant }) =>
      Promise.resolve(
        tenant === 'x' ? [{ field: 'tenant', wrong: true, message: 'That is no tenant.' }] : [],
      );
    const { container } = show(null, { reviewRegistration });
    expect(step(/^Copy “Application/)).toHaveTextContent('not yet');
    await type('Application (client) ID', client);
    expect(step(/^Copy “Application/)).toHaveTextContent('Filled in');
    await type('Directory (tenant) ID', 'x');
    await fireEvent.blur(screen.getByLabelText('Directory (tenant) ID'));
    await waitFor(() => {
      expect(step(/^Copy “Directory/)).toHaveTextContent('Look again');
    });
    expect(screen.getByText('1 of 8 steps done')).toBeInTheDocument();
    await expectAccessible(container);
  });

  it('are ticked by a person where no field shows them, and stay so when the page is left', async () => {
    const gateway = twinGateway();
    const first = show(null, gateway);
    await fireEvent.click(screen.getByLabelText(/^“Add a platform”/));
    expect(screen.getByText('1 of 8 steps done')).toBeInTheDocument();
    await fireEvent.click(screen.getByLabelText(/^“Add a platform”/));
    expect(screen.getByText('0 of 8 steps done')).toBeInTheDocument();
    first.unmount();
    const edit = registrationEdit(gateway, null);
    edit.ticked.add('microsoft.register.name');
    edit.leave();
    expect(registrationEdit(gateway, null).ticked.size).toBe(1);
  });

  it('give what is pasted there, and open each page at the app once its client ID is known', async () => {
    const copyText = vi.fn<Gateway['copyText']>(() => Promise.resolve());
    const openLink = vi.fn<Gateway['openLink']>(() => Promise.resolve());
    show(null, { copyText, openLink });
    await fireEvent.click(
      within(group('Authentication')).getByRole('button', { name: 'Copy redirect address' }),
    );
    await fireEvent.click(screen.getByRole('button', { name: 'Copy permission SMTP.Send' }));
    expect(copyText.mock.calls.flat()).toEqual(['http://localhost', 'SMTP.Send']);
    await fireEvent.click(screen.getByRole('link', { name: 'Open Authentication' }));
    expect(openLink.mock.calls[0]?.[0]).toMatch(/^https:\/\/entra\.microsoft\.com\/.*ApplicationsListBlade$/);
    await type('Application (client) ID', client);
    await fireEvent.click(screen.getByRole('link', { name: 'Open Authentication' }));
    expect(openLink.mock.calls[1]?.[0]).toContain(`~/Authentication/appId/${client}`);
  });

  it('can be hidden', async () => {
    show();
    const button = screen.getByRole('button', { name: 'Hide steps' });
    await fireEvent.click(button);
    expect(button).toHaveAttribute('aria-expanded', 'false');
    expect(screen.queryByRole('link', { name: 'Open Authentication' })).toBeNull();
    expect(screen.getByText('0 of 8 steps done')).toBeInTheDocument();
  });

  it('are those of the provider', async () => {
    const { container } = show();
    await fireEvent.click(screen.getByRole('radio', { name: 'Google' }));
    expect(group('Data Access')).toHaveTextContent('https://mail.google.com/');
    await expectAccessible(container);
    await fireEvent.click(screen.getByRole('radio', { name: 'Own server' }));
    expect(screen.getByRole('region', { name: 'At your sign-in server' })).toBeVisible();
    expect(screen.queryByRole('link', { name: /^Open / })).toBeNull();
    await expectAccessible(container);
  });
});

describe('the route through the portal', () => {
  it('is a public client without a secret, or “Web” with one', () => {
    const open = steps({ provider: 'microsoft' });
    expect(open).toContain('authentication/native');
    expect(open.filter((one) => one.startsWith('secrets/'))).toEqual([]);
    const web = steps({ provider: 'microsoft', anyPort: false });
    expect(web).toContain('authentication/web');
    expect(web.filter((one) => one.startsWith('secrets/'))).toEqual([
      'secrets/new',
      'secrets/secret',
      'secrets/secret_expires',
    ]);
    expect(steps({ provider: 'microsoft', secret: true })).toContain('secrets/secret');
  });

  it('is a desktop app at Google, or a web application with the address that was entered', () => {
    expect(steps({ provider: 'google' })).toContain('clients/desktop');
    const form = { ...emptyForm(), provider: 'google', redirect_uri: 'http://localhost:8400/callback' };
    const web = (text: string) =>
      portalSteps({ form: { ...form, redirect_uri: text }, anyPort: false, secret: false })
        .flatMap((one) => one.steps)
        .find(({ id }) => id === 'web');
    expect(web(form.redirect_uri)?.copy?.[0]?.text).toBe(form.redirect_uri);
    expect(web('')?.note).toMatch(/^Enter it here first/);
  });

  it('asks for the permissions that were entered, as the portal lists them', () => {
    const form = { ...emptyForm(), scopes: ['https://outlook.office.com/POP.AccessAsUser.All', 'openid'] };
    const added = portalSteps({ form, anyPort: true, secret: false }).find(({ id }) => id === 'permissions');
    expect(added?.steps[0]?.copy?.map(({ text }) => text)).toEqual(['POP.AccessAsUser.All', 'openid']);
  });

  it('has no link where the portal is not known, and the one of its cloud otherwise', () => {
    const links = (cloud: string) =>
      portalSteps({ form: { ...emptyForm(), cloud }, anyPort: true, secret: false }).map(({ url }) => url);
    expect(links('custom').every((url) => url === undefined)).toBe(true);
    expect(links('gcc-high').every((url) => url?.startsWith('https://entra.microsoft.us/'))).toBe(true);
  });
});
