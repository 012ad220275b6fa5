import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { flushSync } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import Keys from './components/Keys.svelte';
import PageFrame from './components/PageFrame.svelte';
import SetupFrame from './components/SetupFrame.svelte';
import type { Step } from './components/stepper';
import { twinGateway } from './host/twin';
import { pressedKeys, shownKeys } from './key-names';
import { keys, pressKey } from './keys.svelte';
import { router } from './router.svelte';
import { hrefOf, routeOf, type Route } from './routes';
import { announced, expectAccessible, words } from './test-render';

const routes: Route[] = [
  { page: 'mailboxes' },
  { page: 'mailbox', id: 'a/b c', tab: 'sign-in' },
  { page: 'setup', id: null },
  { page: 'setup', id: '7' },
  { page: 'registrations' },
  { page: 'registration', id: null },
  { page: 'registration', id: 'erp' },
  { page: 'registration', id: 'erp', part: 'certificate' },
  { page: 'organisation', id: 'erp' },
  { page: 'explain' },
  { page: 'computer' },
  { page: 'support', about: { kind: 'all' } },
  { page: 'support', about: { kind: 'mailbox', mailbox: 'a/b c' } },
  { page: 'support', about: { kind: 'error', error: 'MW-7K3F-9Q2D' } },
];

afterEach(() => {
  document.documentElement.removeAttribute('style');
});

describe('addresses', () => {
  it.each(routes)('lead back to the page they were made of: %j', (route) => {
    expect(routeOf(hrefOf(route))).toEqual(route);
  });

  it.each(['', '#', '#/', '#/nothing', '#/mailbox', '#/mailbox/'])('%j is the mailboxes', (hash) => {
    expect(routeOf(hash)).toEqual({ page: 'mailboxes' });
  });

  it('of a broken kind fail nothing', () => {
    expect(routeOf('#/mailbox/%E0%A4%A/x')).toEqual({ page: 'mailbox', id: '%E0%A4%A', tab: 'overview' });
  });
});

describe('a main page', () => {
  it('gives its title the focus after navigation, and marks its section', async () => {
    const { container } = render(PageFrame, { title: 'Explain an error', children: words('text') });
    expect(screen.getByRole('heading', { level: 1 })).not.toHaveFocus();
    router.go({ page: 'explain' });
    await vi.waitFor(() => {
      expect(screen.getByRole('heading', { level: 1 })).toHaveFocus();
    });
    expect(screen.getByRole('link', { current: 'page' })).toHaveAccessibleName('Explain an error');
    expect(screen.getAllByRole('link').map((link) => link.textContent.trim())).toEqual([
      'Mailboxes',
      'Needs attention',
      'App registrations',
      'Explain an error',
      'This computer',
    ]);
    await expectAccessible(container);
  });
});

describe('what needs attention', () => {
  it('is read once for each visit of a page, and not over and over', async () => {
    const answers = twinGateway();
    const attention = vi.fn(() => answers.attention());
    render(App, { gateway: twinGateway({ attention }) });
    const settled = () => new Promise((resolve) => setTimeout(resolve, 100)); // many rounds, if there were any
    await settled();
    expect(attention).toHaveBeenCalledTimes(1);
    router.go({ page: 'attention' });
    await screen.findByRole('heading', { level: 1, name: 'Needs attention' }, { timeout: 30_000 });
    await settled();
    expect(attention).toHaveBeenCalledTimes(2);
  }, 40_000);
});

describe('a step of a set-up', () => {
  const steps: Step[] = [
    { id: 'address', label: 'Address', state: 'done', value: 'anna@firma.nl' },
    { id: 'confirm', label: 'Confirm', state: 'current' },
    { id: 'sign-in', label: 'Sign in', state: 'later' },
  ];

  it('says which step of how many it is, and what was chosen before', async () => {
    const { container } = render(SetupFrame, {
      steps,
      title: 'Is this right?',
      children: words('text'),
      foot: words('Back'),
    });
    expect(screen.getByText('Step 2 of 3')).toBeVisible();
    const items = within(screen.getByRole('list', { name: 'Set up a mailbox' })).getAllByRole('listitem');
    expect(items[0]).toHaveTextContent('Address, done anna@firma.nl');
    expect(items[1]).toHaveAttribute('aria-current', 'step');
    await expectAccessible(container);
  });
});

describe('keys', () => {
  const press = (key: string, more: KeyboardEventInit = {}, target: Element = document.body) =>
    fireEvent.keyDown(target, { key, ...more });

  it('are listed on a question mark, but not while somebody types', async () => {
    const { container } = render(Keys);
    const input = document.createElement('input');
    container.append(input);
    await press('?', { shiftKey: true }, input);
    expect(screen.queryByText('Keys of this page')).toBeNull();
    await press('?', { shiftKey: true });
    expect(screen.getByRole('alertdialog', { name: 'Keys of this page' })).toHaveTextContent('Ctrl+0');
    expect(screen.getByRole('button', { name: 'Close' })).toHaveFocus();
  });

  it('change the size of the text, within limits', async () => {
    render(Keys);
    const scale = () => document.documentElement.style.getPropertyValue('--text-scale');
    await press('=', { ctrlKey: true });
    expect(scale()).toBe('1.1');
    expect(announced()).toContain('Text size 110 percent.');
    for (let times = 0; times < 20; times++) await press('+', { ctrlKey: true, shiftKey: true });
    expect(scale()).toBe('2');
    await press('0', { ctrlKey: true });
    expect(scale()).toBe('1');
    for (let times = 0; times < 20; times++) await press('-', { ctrlKey: true });
    expect(scale()).toBe('0.5');
    await press('0', { ctrlKey: true });
  });

  it('F6 goes round the parts of the window', async () => {
    render(Keys);
    render(PageFrame, { title: 'Mailboxes', children: words('text'), foot: words('foot') });
    const panes = document.querySelectorAll('[data-pane]');
    await press('F6');
    expect(panes[0]).toContainElement(document.activeElement as HTMLElement);
    await press('F6');
    expect(panes[1]).toHaveFocus();
    await press('F6', { shiftKey: true });
    expect(panes[0]).toContainElement(document.activeElement as HTMLElement);
  });

  it('are named as on the keyboard', () => {
    expect([shownKeys('mod+n'), shownKeys('alt+arrowleft'), shownKeys('f6')]).toEqual([
      'Ctrl+N',
      'Alt+←',
      'F6',
    ]);
    expect(pressedKeys(new KeyboardEvent('keydown', { key: 'C', ctrlKey: true, shiftKey: true }))).toBe(
      'mod+shift+c',
    );
  });
});

describe('keys in a field', () => {
  it.each([
    ['z', { ctrlKey: true }, false],
    ['v', { ctrlKey: true }, false],
    ['n', {}, false],
    ['n', { ctrlKey: true }, true],
    ['F1', {}, true],
    ['Escape', {}, true],
    ['Enter', {}, true],
  ] as const)('%s %j acts: %s', (key, more, acts) => {
    const input = document.createElement('input');
    document.body.append(input);
    const run = vi.fn();
    const wanted = ['mod+z', 'mod+v', 'n', 'mod+n', 'f1', 'escape', 'enter'];
    const stop = $effect.root(() => {
      keys(Object.fromEntries(wanted.map((name) => [name, { text: name, run }])));
    });
    flushSync();
    input.addEventListener('keydown', pressKey);
    void fireEvent.keyDown(input, { key, ...more });
    expect(run.mock.calls.length > 0).toBe(acts);
    stop();
    input.remove();
  });
});
