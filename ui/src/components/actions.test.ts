import { fireEvent, screen } from '@testing-library/svelte';
import Ellipsis from '@lucide/svelte/icons/ellipsis';
import { describe, expect, it, vi } from 'vitest';
import { announced, expectAccessible, renderWith, words } from '../test-render';
import Button from './Button.svelte';
import CopyButton from './CopyButton.svelte';
import CopyValue from './CopyValue.svelte';
import IconButton from './IconButton.svelte';
import OutLink from './OutLink.svelte';

describe('a button', () => {
  it('that cannot act yet stays focusable, says why and does nothing', async () => {
    const onclick = vi.fn();
    const disabledReason = 'Type an address first.';
    const { container } = renderWith(Button, { onclick, disabledReason, children: words('Continue') });
    const button = screen.getByRole('button', { name: 'Continue' });
    button.focus();
    expect(button).toHaveFocus();
    expect(button).toHaveAttribute('aria-disabled', 'true');
    expect(button).toHaveAccessibleDescription(disabledReason);
    await fireEvent.click(button);
    expect(onclick).not.toHaveBeenCalled();
    expect(announced()).toContain(disabledReason);
    await expectAccessible(container);
  });

  it('does nothing while it is busy', async () => {
    const onclick = vi.fn();
    const { rerender } = renderWith(Button, { onclick, busy: true, children: words('Save') });
    await fireEvent.click(screen.getByRole('button'));
    expect(onclick).not.toHaveBeenCalled();
    await rerender({ busy: false });
    await fireEvent.click(screen.getByRole('button'));
    expect(onclick).toHaveBeenCalledOnce();
  });

  it('of an icon has a name', async () => {
    const { container } = renderWith(IconButton, { label: 'More', icon: Ellipsis });
    expect(screen.getByRole('button', { name: 'More' })).toBeVisible();
    await expectAccessible(container);
  });
});

describe('copying', () => {
  it('says Copied only after the clipboard has it', async () => {
    let done: () => void = () => undefined;
    const copyText = vi.fn(() => new Promise<void>((resolve) => (done = resolve)));
    const { container } = renderWith(
      CopyButton,
      { value: 'redirect address', text: 'http://localhost' },
      { copyText },
    );
    await fireEvent.click(screen.getByRole('button', { name: 'Copy redirect address' }));
    expect(copyText).toHaveBeenCalledWith('http://localhost');
    expect(screen.getByRole('button')).not.toHaveTextContent('Copied');
    done();
    expect(await screen.findByText('Copied')).toBeVisible();
    expect(announced()).toContain('Copied: redirect address.');
    await expectAccessible(container);
  });

  it('does not say Copied for another text', async () => {
    const { rerender } = renderWith(CopyButton, { value: 'message', text: 'for Anna' });
    await fireEvent.click(screen.getByRole('button'));
    expect(await screen.findByText('Copied')).toBeVisible();
    await rerender({ text: 'for Bob' });
    expect(screen.queryByText('Copied')).toBeNull();
  });

  it('says Not copied when the clipboard refuses, and the value can be selected', async () => {
    const copyText = () => Promise.reject(new Error('no clipboard'));
    renderWith(CopyValue, { value: 'code', text: 'GK7F3QXMR' }, { copyText });
    await fireEvent.click(screen.getByRole('button', { name: 'Copy code' }));
    expect(await screen.findByText('Not copied. Select it.')).toBeVisible();
    expect(screen.getByText('GK7F3QXMR')).toBeVisible();
    expect(announced('assertive')).toContain('Not copied: code. Select it and copy it yourself.');
  });

  it('says Not copied when the text cannot be made', async () => {
    const copyText = vi.fn();
    const text = () => Promise.reject(new Error('no link'));
    renderWith(CopyButton, { value: 'link', text, label: 'Copy link', quiet: false }, { copyText });
    await fireEvent.click(screen.getByRole('button', { name: 'Copy link' }));
    expect(await screen.findByText('Not copied. Select it.')).toBeVisible();
    expect(copyText).not.toHaveBeenCalled();
  });
});

it('a link out of the window opens through the gateway, and shows its address when that fails', async () => {
  const openLink = vi.fn(() => Promise.reject(new Error('no browser')));
  const url = 'https://admin.example/';
  renderWith(OutLink, { url, children: words('Open admin center') }, { openLink });
  await fireEvent.click(screen.getByRole('link', { name: 'Open admin center' }));
  expect(openLink).toHaveBeenCalledWith(url);
  expect(await screen.findByText(`The browser did not open. The address is ${url}`)).toBeVisible();
});
