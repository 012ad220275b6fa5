import { fireEvent, render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import { announce } from '../announce.svelte';
import { expectAccessible, words } from '../test-render';
import { pressKey } from '../keys.svelte';
import { toasts, toastStays } from '../toasts.svelte';
import Announcer from './Announcer.svelte';
import Dialog from './Dialog.svelte';
import Toaster from './Toaster.svelte';

describe('a question', () => {
  const props = {
    open: true,
    title: 'Sign out?',
    safe: 'Keep',
    action: 'Sign out',
    children: words('It stops.'),
  };

  it('has the focus on the safe answer, and Escape means it', async () => {
    const onsafe = vi.fn();
    const onaction = vi.fn();
    const { container } = render(Dialog, { ...props, onsafe, onaction });
    const dialog = screen.getByRole('alertdialog', { name: 'Sign out?' });
    expect(screen.getByRole('button', { name: 'Keep' })).toHaveFocus();
    await expectAccessible(container);
    await fireEvent(dialog, new Event('cancel', { cancelable: true }));
    expect(onsafe).toHaveBeenCalledOnce();
    expect(onaction).not.toHaveBeenCalled();
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('stays busy until the action has ended', async () => {
    let done: () => void = () => undefined;
    const onaction = () => new Promise<void>((resolve) => (done = resolve));
    render(Dialog, { ...props, onaction });
    await fireEvent.click(screen.getByRole('button', { name: 'Sign out' }));
    expect(screen.getByRole('button', { name: 'Sign out' })).toHaveAttribute('aria-busy', 'true');
    done();
    await vi.waitFor(() => {
      expect(screen.queryByRole('button')).toBeNull();
    });
  });
});

describe('toasts', () => {
  it('stay 8 seconds, longer while pointed at, and say when they are gone', async () => {
    vi.useFakeTimers();
    const gone = vi.fn();
    render(Toaster);
    toasts.show({ text: 'Removed.', gone });
    await tick();
    const toast = screen.getByText('Removed.');
    expect(screen.getByRole('status')).toContainElement(toast);
    await fireEvent.pointerEnter(toast.closest('.toast') ?? toast);
    vi.advanceTimersByTime(toastStays * 2);
    expect(gone).not.toHaveBeenCalled();
    await fireEvent.pointerLeave(toast.closest('.toast') ?? toast);
    vi.advanceTimersByTime(toastStays);
    expect(gone).toHaveBeenCalledOnce();
    vi.useRealTimers();
  });

  it('undo instead of being gone', async () => {
    const gone = vi.fn();
    const run = vi.fn();
    const { container } = render(Toaster);
    toasts.show({ text: 'Removed.', action: { label: 'Undo', run }, gone });
    await tick();
    await expectAccessible(container);
    await fireEvent.click(screen.getByRole('button', { name: 'Undo' }));
    expect(run).toHaveBeenCalledOnce();
    expect(gone).not.toHaveBeenCalled();
    expect(screen.queryByText('Removed.')).toBeNull();
  });

  it('undo by key, the newest first', async () => {
    const done: string[] = [];
    const undo = (text: string) => ({ label: 'Undo', run: () => void done.push(text) });
    render(Toaster);
    toasts.show({ text: 'First', action: undo('First') });
    toasts.show({ text: 'Second', action: undo('Second') });
    toasts.show({ text: 'Nothing to undo' });
    for (const left of [2, 1, 1]) {
      await tick();
      pressKey(new KeyboardEvent('keydown', { key: 'z', ctrlKey: true }));
      expect(toasts.list).toHaveLength(left);
    }
    expect(done).toEqual(['Second', 'First']);
  });
});

it('announcements go to regions that are there from the start', async () => {
  const { container } = render(Announcer);
  const polite = container.querySelector('[aria-live=polite]');
  const assertive = container.querySelector('[aria-live=assertive]');
  expect(polite).toBeInTheDocument();
  announce('Check 4 of 11 passed.');
  announce('Nothing was saved.', 'assertive');
  await tick();
  expect(polite).toHaveTextContent('Check 4 of 11 passed.');
  expect(assertive).toHaveTextContent('Nothing was saved.');
});
