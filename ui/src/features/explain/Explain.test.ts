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
    expect(explain).toHaveBeenCalledWith('535 5.7.139', {});
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

  it('shows what each cause was recognised by, and the later ones folded', async () => {
    const second = verdict({
      id: 'second',
      title: 'Another cause',
      matched: 'AADSTS50011',
      who: 'consultant',
    });
    const explain = () => Promise.resolve({ verdicts: [verdict(), second] });
    const { container } = renderWith(Explain, {}, { explain });
    await type('535 5.7.139 and AADSTS50011');
    await fireEvent.click(screen.getByRole('button', { name: 'Explain' }));
    const later = await screen.findByRole('article', { name: 'Another cause' });
    expect(later).toHaveTextContent('Less likely');
    expect(later).toHaveTextContent('Recognised by AADSTS50011');
    expect(later).toHaveTextContent('Who can fix it: The consultant who set this up');
    expect(container.querySelectorAll('code.matched, .matched code')).toHaveLength(2);
    expect(screen.getByText('Sources: Microsoft, compared 2026-11-20')).toBeVisible();
    await expectAccessible(container);
  });

  it('weighs a text anew by where it was seen and whose it is', async () => {
    const explain = vi.fn(() => Promise.resolve({ verdicts: [verdict()] }));
    renderWith(Explain, {}, { explain });
    await fireEvent.click(screen.getByRole('radio', { name: 'Sending' }));
    expect(explain).not.toHaveBeenCalled();
    await type('535 5.7.139');
    await fireEvent.click(screen.getByRole('button', { name: 'Explain' }));
    await fireEvent.click(screen.getByRole('radio', { name: 'Google' }));
    await waitFor(() => {
      expect(explain).toHaveBeenLastCalledWith('535 5.7.139', { stage: 'smtp-auth', provider: 'google' });
    });
  });

  it('reads the end of a log file, and says when it cannot', async () => {
    const explain = vi.fn(() => Promise.resolve({ verdicts: [verdict()] }));
    const { container } = renderWith(Explain, {}, { explain });
    const picker = container.querySelector('input[type="file"]');
    if (picker === null) throw new Error('no picker');
    const log = new File(['AADSTS7000222: expired'], 'erp.log', { type: 'text/plain' });
    await fireEvent.change(picker, { target: { files: [log] } });
    await waitFor(() => {
      expect(explain).toHaveBeenCalledWith('AADSTS7000222: expired', {});
    });
    expect(field()).toHaveValue('AADSTS7000222: expired');
    await expectAccessible(container);
  });

  it('takes a long text as it is', async () => {
    const explain = vi.fn(() => Promise.resolve({ verdicts: [verdict()] }));
    renderWith(Explain, {}, { explain });
    const long = `${'2026-11-20 INFO polling\n'.repeat(4200)}535 5.7.139`;
    await type(long);
    await fireEvent.click(screen.getByRole('button', { name: 'Explain' }));
    expect(await screen.findByText('1 cause found')).toBeVisible();
    expect(explain).toHaveBeenCalledWith(long, {});
  });
});
