import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import type { SupportShown } from '../../bindings/SupportShown';
import { HostError, type Gateway, type SupportWanted } from '../../host/gateway';
import type { SupportAbout } from '../../router.svelte';
import { announced, expectAccessible, renderWith } from '../../test-render';
import Support from './Support.svelte';

const id = 'MW-7K3F-9Q2D';
const file = `/tmp/Downloads/mailwright-support-${id}.json`;

function shown(masked = false): SupportShown {
  const address = masked ? 'person-1@domain-1.example' : 'anna@firma.nl';
  const document = {
    about: 'A support package of Mailwright.',
    masked,
    mailboxes: [{ address }],
    reports: [{ error_id: id, mailbox: address }],
  };
  return {
    text: JSON.stringify(document, null, 2),
    bytes: 6100,
    masked,
    error_ids: [id],
    contents: [
      { part: 'mailboxes', what: '1 mailbox: settings, permissions and dates', bytes: 2100 },
      { part: 'reports', what: '1 test with 20 checks', bytes: 900 },
    ],
    subject: `Mailwright ${id}: refused`,
  };
}

function show(about: SupportAbout, replaced: Partial<Gateway> = {}) {
  const collectSupport = vi.fn(({ mask }: SupportWanted) => Promise.resolve(shown(mask)));
  const view = renderWith(Support, { about }, { collectSupport, ...replaced });
  return { ...view, collectSupport };
}

const failed: SupportAbout = { kind: 'error', error: id };
const written = () => document.querySelector('.file')?.textContent;

describe('a support package', { timeout: 30_000 }, () => {
  it('is read before it is written: all of it, and each part', async () => {
    const { container, collectSupport } = show(failed);
    expect(await screen.findByText(id)).toBeVisible();
    expect(announced()).toContain('The support package can be read. Nothing is written yet.');
    expect(collectSupport).toHaveBeenCalledWith({ error_id: id, test: false, mask: false });
    expect(written()).toBe(shown().text);
    const lines = String(shown().text.split('\n').length);
    expect(screen.getByText(`6 kB, ${lines} lines`)).toBeVisible();
    expect(container.querySelector('main')).toHaveAttribute('data-page', 'support');
    await expectAccessible(container);
    const part = screen.getByRole('button', { name: /Last tests/ });
    await fireEvent.click(part);
    expect(part).toHaveAttribute('aria-pressed', 'true');
    expect(JSON.parse(written() ?? '')).toEqual([{ error_id: id, mailbox: 'anna@firma.nl' }]);
    await fireEvent.click(screen.getByRole('button', { name: /The whole file/ }));
    expect(written()).toBe(shown().text);
  });

  it('says not whose it is where that is wanted, without collecting again', async () => {
    const maskSupport = vi.fn((mask: boolean) => Promise.resolve(shown(mask)));
    const { collectSupport } = show(failed, { maskSupport });
    const mask = await screen.findByRole('switch', { name: 'Whose it is' });
    expect(mask).toHaveAttribute('aria-checked', 'false');
    await waitFor(() => {
      expect(written()).toContain('anna@firma.nl');
    });
    await fireEvent.click(mask);
    await waitFor(() => {
      expect(written()).not.toContain('anna@firma.nl');
    });
    expect(maskSupport).toHaveBeenCalledWith(true);
    expect(collectSupport).toHaveBeenCalledOnce();
  });

  it('is saved where the host says, and mailed by a person', async () => {
    const saveSupport = vi.fn(() => Promise.resolve({ file }));
    const mailSupport = vi.fn(() => Promise.resolve());
    const { container } = show(failed, { saveSupport, mailSupport });
    await screen.findByText(id);
    await fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText(file)).toBeVisible();
    expect(announced()).toContain(`Saved as ${file}.`);
    expect(mailSupport).not.toHaveBeenCalled();
    await fireEvent.click(screen.getByRole('button', { name: 'E-mail support' }));
    expect(await screen.findByText(/Attach this file and send it yourself/)).toBeVisible();
    expect(saveSupport).toHaveBeenCalledOnce();
    await expectAccessible(container);
  });

  it('is copied as it is shown', async () => {
    const copyText = vi.fn(() => Promise.resolve());
    show({ kind: 'mailbox', mailbox: 'box-1' }, { copyText });
    await screen.findByText(id);
    await fireEvent.click(screen.getByRole('button', { name: 'Copy' }));
    expect(copyText).toHaveBeenCalledWith(shown().text);
  });

  it('tests first where that is wanted, and stops', async () => {
    let end: (reason: HostError) => void = () => undefined;
    const stopSupport = vi.fn(() => {
      end(new HostError('cancelled', 'stopped'));
      return Promise.resolve();
    });
    const collectSupport = vi.fn((wanted: SupportWanted) =>
      wanted.test ? new Promise<never>((_resolve, reject) => (end = reject)) : Promise.resolve(shown()),
    );
    const { container } = show({ kind: 'mailbox', mailbox: 'box-1' }, { collectSupport, stopSupport });
    await fireEvent.click(await screen.findByRole('checkbox', { name: /Test now/ }));
    expect(collectSupport).toHaveBeenLastCalledWith({ mailbox: 'box-1', test: true, mask: false });
    expect(screen.getByRole('button', { name: 'Save' })).toHaveAttribute('aria-disabled', 'true');
    await expectAccessible(container);
    await fireEvent.click(screen.getByRole('button', { name: 'Stop' }));
    expect(await screen.findByText('This was stopped. Nothing was written.')).toBeVisible();
    expect(stopSupport).toHaveBeenCalledOnce();
  });

  it('says why there is none, and tries again', async () => {
    const collectSupport = vi
      .fn<Gateway['collectSupport']>()
      .mockRejectedValueOnce(new HostError('storage', 'The database cannot be read.'))
      .mockResolvedValue(shown());
    const { container } = show({ kind: 'all' }, { collectSupport });
    expect(await screen.findByText('The database cannot be read.')).toBeVisible();
    await expectAccessible(container);
    await fireEvent.click(screen.getByRole('button', { name: 'Put it together again' }));
    expect(await screen.findByText(id)).toBeVisible();
  });

  it('says where it could not be written, and keeps what is shown', async () => {
    const saveSupport = () => Promise.reject(new HostError('storage', 'The disk is full.'));
    const mailSupport = vi.fn(() => Promise.resolve());
    show(failed, { saveSupport, mailSupport });
    await screen.findByText(id);
    await fireEvent.click(screen.getByRole('button', { name: 'E-mail support' }));
    expect(await screen.findByText('The disk is full.')).toBeVisible();
    expect(mailSupport).not.toHaveBeenCalled();
    expect(written()).toBe(shown().text);
  });
});
