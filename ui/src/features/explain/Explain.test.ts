import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import Keys from '../../components/Keys.svelte';
import { gatewayKey } from '../../context';
import { HostError } from '../../host/gateway';
import { twinGateway } from '../../host/twin';
import { expectAccessible, renderWith } from '../../test-render';
import { verdict } from '../home/samples';
import Explain from './Explain.svelte';

const field = () => screen.getByLabelText('Text or address');
const type = (value: string) => fireEvent.input(field(), { target: { value } });

describe('explaining an error', { timeout: 30_000 }, () => {
  it('shows the causes, best first, by button and by key', async () => {
    const explain = vi.fn(() =>
      Promise.resolve({ verdicts: [verdict(), verdict({ id: 'second', title: 'Another cause' })] }),
    );
    const { container } = renderWith(Explain, {}, { explain });
    renderWith(Keys, {});
    expect(container.querySelector('main')).toHaveAttribute('data-page', 'explain');
    expect(screen.getByRole('button', { name: 'Explain' })).toHaveAttribute('aria-disabled', 'true');
    await expectAccessible(container);
    await type('535 5.7.139');
    await fireEvent.keyDown(field(), { key: 'Enter', ctrlKey: true });
    expect(
      await screen.findByRole('heading', { name: '2 causes found, the likely one first' }),
    ).toBeVisible();
    expect(explain).toHaveBeenCalledWith('535 5.7.139');
    const titles = screen.getAllByRole('heading', { level: 3 }).map((title) => title.textContent);
    expect(titles).toEqual(['Sending is switched off for this mailbox', 'Another cause']);
    await expectAccessible(container);
    await type('something else');
    expect(screen.getByText('The text was changed since. Explain it again.')).toBeVisible();
  });

  it('says when nothing is recognised', async () => {
    const { container } = renderWith(Explain, {});
    await type('hello');
    await fireEvent.click(screen.getByRole('button', { name: 'Explain' }));
    expect(await screen.findByText('Nothing in this text is known here')).toBeVisible();
    await expectAccessible(container);
  });

  it('says why it could not explain, and keeps the text', async () => {
    const explain = () => Promise.reject(new HostError('internal', 'panicked'));
    renderWith(Explain, {}, { explain });
    await type('hello');
    await fireEvent.click(screen.getByRole('button', { name: 'Explain' }));
    expect(await screen.findByText('Could not explain this text')).toBeVisible();
    expect(screen.queryByText(/panicked/)).toBeNull();
    expect(field()).toHaveValue('hello');
  });

  it('takes examples, keeps the text after leaving, and takes a paste from anywhere', async () => {
    const gateway = twinGateway();
    const context = new Map([[gatewayKey, gateway]]);
    const first = render(Explain, { context });
    await fireEvent.click(screen.getByRole('button', { name: 'Sending refused' }));
    expect((field() as HTMLTextAreaElement).value).toContain('5.7.139');
    first.unmount();
    render(Explain, { context });
    expect((field() as HTMLTextAreaElement).value).toContain('5.7.139');
    const paste = new Event('paste', { bubbles: true, cancelable: true });
    Object.assign(paste, { clipboardData: { getData: () => 'AADSTS50011' } });
    document.body.dispatchEvent(paste);
    await waitFor(() => {
      expect(field()).toHaveValue('AADSTS50011');
    });
    expect(field()).toHaveFocus();
  });
});
