import { fireEvent, render, screen } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { expectAccessible } from '../test-render';
import CheckBox from './CheckBox.svelte';
import Field from './Field.svelte';
import RadioGroup from './RadioGroup.svelte';
import Segments from './Segments.svelte';
import { stepTo, typedTo } from './select';
import Select from './Select.svelte';
import Switch from './Switch.svelte';
import Tabs from './Tabs.svelte';
import TextArea from './TextArea.svelte';

describe('a field', () => {
  it('is named by its label and described by its note, then by its error', async () => {
    const { container, rerender } = render(Field, { label: 'Address', note: 'firma.nl receives mail.' });
    const input = screen.getByRole('textbox', { name: 'Address' });
    expect(input).toHaveAccessibleDescription('firma.nl receives mail.');
    expect(input).not.toHaveAttribute('aria-invalid');
    await expectAccessible(container);
    await rerender({ error: 'There is no @ in it.' });
    expect(input).toHaveAccessibleDescription('There is no @ in it.');
    expect(input).toHaveAttribute('aria-invalid', 'true');
    expect(screen.getByRole('alert')).toHaveTextContent('There is no @ in it.');
    await expectAccessible(container);
  });

  it('of several lines, a box, a switch and a few choices have names and notes', async () => {
    render(TextArea, { label: 'Message', note: 'With its code.' });
    render(CheckBox, { label: 'Withdraw', note: 'At Microsoft, too.' });
    render(Switch, { label: 'Keep a log' });
    const options = [
      { value: 'tls', label: 'TLS', note: 'From the start.' },
      { value: 'starttls', label: 'STARTTLS' },
    ];
    render(RadioGroup, { label: 'Security', options, value: 'tls' });
    expect(screen.getByRole('textbox', { name: 'Message' })).toHaveAccessibleDescription('With its code.');
    expect(screen.getByRole('checkbox', { name: 'Withdraw' })).toHaveAccessibleDescription(
      'At Microsoft, too.',
    );
    expect(screen.getByRole('radio', { name: 'TLS' })).toBeChecked();
    const log = screen.getByRole('switch', { name: 'Keep a log' });
    await fireEvent.click(log);
    expect(log).toBeChecked();
    expect(log).toHaveTextContent('On');
    await expectAccessible(document.body);
  });
});

describe('a list to choose from', () => {
  const options = [
    { value: 'auto', label: 'Automatic', detail: 'none marked' },
    { value: 'archief', label: 'Archief', detail: '9 034', divider: true },
    { value: 'klanten', label: 'Klanten', detail: '1 902' },
    { value: 'klaar', label: 'Klaar', indent: 1 },
  ];

  it('opens, moves and chooses by keys', async () => {
    const onchange = vi.fn();
    const { container } = render(Select, { label: 'Archive', options, value: 'auto', onchange });
    const box = screen.getByRole('combobox', { name: 'Archive' });
    expect(box).toHaveTextContent('Automatic');
    await fireEvent.keyDown(box, { key: 'ArrowDown' });
    expect(screen.getAllByRole('option')).toHaveLength(4);
    await expectAccessible(container);
    await fireEvent.keyDown(box, { key: 'ArrowDown' });
    await fireEvent.keyDown(box, { key: 'ArrowDown' });
    const active = document.getElementById(String(box.getAttribute('aria-activedescendant')));
    expect(active).toHaveTextContent('Klanten');
    await fireEvent.keyDown(box, { key: 'Enter' });
    expect(onchange).toHaveBeenCalledExactlyOnceWith('klanten');
    expect(screen.queryByRole('listbox')).toBeNull();
    expect(box).toHaveTextContent('Klanten');
  });

  it('closes by Escape without a change', async () => {
    const onchange = vi.fn();
    render(Select, { label: 'Archive', options, value: 'auto', onchange });
    const box = screen.getByRole('combobox');
    await fireEvent.click(box);
    await fireEvent.keyDown(box, { key: 'End' });
    await fireEvent.keyDown(box, { key: 'Escape' });
    expect(screen.queryByRole('listbox')).toBeNull();
    expect(onchange).not.toHaveBeenCalled();
  });

  it('goes to what letters begin with, and from one to the next', () => {
    expect(typedTo(options, 'kla', 0)).toBe(2);
    expect(typedTo(options, 'klaa', 2)).toBe(3);
    expect(typedTo(options, 'k', 2)).toBe(3);
    expect(typedTo(options, 'x', 0)).toBeUndefined();
    expect(stepTo('End', 0, 4)).toBe(3);
    expect(stepTo('ArrowUp', 0, 4)).toBe(0);
    expect(stepTo('a', 0, 4)).toBeUndefined();
  });
});

it('tabs go round by the arrow keys, and one of them is in the order of Tab', async () => {
  const tabs = [
    { id: 'overview', label: 'Overview' },
    { id: 'folders', label: 'Folders' },
  ];
  render(Tabs, { id: 'mailbox', label: 'Mailbox', tabs, value: 'overview' });
  await fireEvent.keyDown(screen.getByRole('tab', { selected: true }), { key: 'ArrowLeft' });
  const chosen = screen.getByRole('tab', { selected: true });
  expect(chosen).toHaveAccessibleName('Folders');
  expect(chosen).toHaveFocus();
  expect(screen.getByRole('tab', { selected: false })).toHaveAttribute('tabindex', '-1');
});

it('segments are a radio group with counts', async () => {
  const options = [
    { value: 'all', label: 'All', count: 12 },
    { value: 'waiting', label: 'Waiting', count: 3 },
  ];
  const onchange = vi.fn();
  const { container } = render(Segments, { label: 'Show', options, value: 'all', onchange });
  await fireEvent.click(screen.getByRole('radio', { name: 'Waiting 3' }));
  expect(onchange).toHaveBeenCalledWith('waiting');
  await expectAccessible(container);
});
