import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect } from 'vitest';
import type { SetupInfo } from '../../bindings/SetupInfo';
import Keys from '../../components/Keys.svelte';
import type { Gateway } from '../../host/gateway';
import { renderWith } from '../../test-render';
import { savedNotes } from '../registrations/saved-notes.svelte';
import { forgetAsked } from '../sign-in/remembered';
import { host } from './fixtures';
import './patience';
import Setup from './Setup.svelte';

// What the tests of the set-up share: its page, and a person in front of it.

export const never = () => new Promise<never>(() => undefined);
export const page = () => document.querySelector('[data-step]');
export const press = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }));
export const key = (name: string, more: KeyboardEventInit = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key: name, code: name, ...more });
export function show(id: string | null, at: Partial<SetupInfo> = {}, replaced: Partial<Gateway> = {}) {
  const view = renderWith(Setup, { id }, host(at, replaced));
  renderWith(Keys, {});
  return view;
}

export async function until(step: string, state?: string): Promise<void> {
  await waitFor(() => {
    expect(page()).toHaveAttribute('data-step', step);
    if (state !== undefined) expect(page()).toHaveAttribute('data-state', state);
  });
}

export async function type(label: string, value: string): Promise<void> {
  await fireEvent.input(screen.getByLabelText(label), { target: { value } });
}

/** The page that every test begins at. */
export function fromTheStart(): void {
  beforeEach(() => {
    location.hash = '#/setup';
    forgetAsked();
    savedNotes.read();
  });
}
