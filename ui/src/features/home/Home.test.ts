import { render, screen } from '@testing-library/svelte';
import axe from 'axe-core';
import { describe, expect, it } from 'vitest';
import App from '../../App.svelte';
import { HostError } from '../../host/gateway';
import { twinGateway } from '../../host/twin';

describe('the empty home', () => {
  it('says that there are no mailboxes and which commands set one up', () => {
    render(App, { gateway: twinGateway() });
    expect(screen.getByRole('heading', { level: 1, name: 'Mailboxes' })).toBeVisible();
    expect(screen.getByRole('heading', { level: 2, name: 'Start on the command line' })).toBeVisible();
    expect(screen.getByText('mailwright detect ADDRESS')).toBeVisible();
    expect(screen.getByText('mailwright add ADDRESS')).toBeVisible();
    expect(screen.getByText('mailwright help')).toBeVisible();
  });

  it('shows the version that the host reports', async () => {
    render(App, { gateway: twinGateway() });
    expect(await screen.findByText('Version 0.0.0-test')).toBeVisible();
  });

  it('says why when the host does not answer', async () => {
    const appInfo = () => Promise.reject(new HostError('unknown', 'no host'));
    render(App, { gateway: twinGateway({ appInfo }) });
    expect(await screen.findByText('The version could not be read: no host')).toBeVisible();
  });

  it('marks the current page in the navigation, and every entry leads to a page', async () => {
    render(App, { gateway: twinGateway() });
    const names = ['Mailboxes', 'Needs attention', 'Explain an error', 'Settings'];
    expect(screen.getAllByRole('link').map((link) => link.textContent.trim())).toEqual(names);
    for (const name of names.toReversed()) {
      screen.getByRole('link', { name }).click();
      expect(await screen.findByRole('heading', { level: 1, name })).toBeVisible();
      expect(screen.getByRole('link', { current: 'page' })).toHaveAccessibleName(name);
    }
  });

  it('has no accessibility faults that axe can see', async () => {
    const { container } = render(App, { gateway: twinGateway() });
    await screen.findByText('Version 0.0.0-test');
    // jsdom draws nothing, so contrast is computed from the tokens instead (tokens.test.ts).
    const { violations } = await axe.run(container, { rules: { 'color-contrast': { enabled: false } } });
    expect(violations).toEqual([]);
  });
});
