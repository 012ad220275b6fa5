import { render } from '@testing-library/svelte';
import axe from 'axe-core';
import { createRawSnippet, type Component, type Snippet } from 'svelte';
import { expect } from 'vitest';
import { said, type Urgency } from './announce.svelte';
import { gatewayKey } from './context';
import type { Gateway } from './host/gateway';
import { twinGateway } from './host/twin';

/** Renders a component below a gateway, as the window does. */
export function renderWith<Props extends Record<string, unknown>>(
  component: Component<Props>,
  props: Props,
  replaced: Partial<Gateway> = {},
) {
  const context = new Map([[gatewayKey, twinGateway(replaced)]]);
  const options = { props, context } as unknown as Parameters<typeof render<Component<Props>>>[1];
  return render(component, options);
}

/** A snippet that shows a text. */
export function words(text: string): Snippet {
  return createRawSnippet(() => ({ render: () => `<span>${text}</span>` }));
}

/** What was announced in the last seconds. */
export function announced(urgency: Urgency = 'polite'): string[] {
  return [...said.values()].filter((one) => one.urgency === urgency).map(({ text }) => text);
}

/** Fails on what axe finds. jsdom draws nothing, so contrast is computed from the tokens instead (tokens.test.ts). */
export async function expectAccessible(container: Element): Promise<void> {
  const off = { enabled: false };
  const { violations } = await axe.run(container, { rules: { 'color-contrast': off, region: off } });
  expect(violations).toEqual([]);
}
