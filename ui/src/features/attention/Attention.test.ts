import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Fix } from '../../bindings/Fix';
import { gatewayKey } from '../../context';
import { twinGateway } from '../../host/twin';
import { expectAccessible } from '../../test-render';
import { verdict } from '../home/samples';
import { attentionList } from './attention-list.svelte';
import Attention from './Attention.svelte';

const fix = (replaced: Partial<Fix>): Fix => ({
  kind: 'secret',
  status: 'needs-attention',
  who: 'consultant',
  action: 'replace-secret',
  on: '2026-12-18',
  days: 28,
  within: 30,
  registration: { id: 'erp', name: 'ERP mail' },
  mailboxes: [{ id: 'box-1', address: 'anna@firma.nl' }],
  person: null,
  since: null,
  problem: null,
  announcement: null,
  ...replaced,
});

beforeEach(() => {
  location.hash = '#/attention';
});

describe('what needs attention', { timeout: 30_000 }, () => {
  it.each([
    ['secret', 'replace-secret', 'Replace secret: Secret of “ERP mail” ends in 28 days'],
    ['certificate', 'replace-certificate', 'Replace certificate: Certificate of “ERP mail” ends in 28 days'],
  ])('leads to the %s of the registration that it is about', async (kind, action, name) => {
    const none = await twinGateway().attention();
    const attention = () => Promise.resolve({ ...none, mailboxes: 1, fixes: [fix({ kind, action })] });
    const gateway = twinGateway({ attention });
    const { container } = render(Attention, { context: new Map([[gatewayKey, gateway]]) });
    await attentionList(gateway).read(); // as the window does with every visit
    const button = await screen.findByRole('button', { name });
    await expectAccessible(container);
    await fireEvent.click(button);
    await waitFor(() => {
      expect(location.hash).toBe(`#/registration/erp/${kind}`);
    });
  });

  it('leads to the organisation checks where one of its switches is the cause', async () => {
    const none = await twinGateway().attention();
    const problem = verdict({ id: 'smtp-auth-off-mailbox' });
    const off = fix({ kind: 'problem', who: 'administrator', action: 'tell', on: null, days: null, problem });
    const attention = () => Promise.resolve({ ...none, mailboxes: 1, fixes: [off] });
    const gateway = twinGateway({ attention });
    const { container } = render(Attention, { context: new Map([[gatewayKey, gateway]]) });
    await attentionList(gateway).read();
    const link = await screen.findByRole('link', { name: 'Organisation checks of ERP mail' });
    expect(link).toHaveAttribute('href', '#/organisation/erp');
    await expectAccessible(container);
  });
});
