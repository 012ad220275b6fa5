import { screen } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { HostError } from '../../host/gateway';
import { expectAccessible, renderWith } from '../../test-render';
import { verdict } from '../home/samples';
import { problemCodes, problemText, problemTitle } from './problem';
import ProblemNotice from './ProblemNotice.svelte';

const trace = 'thread main panicked at src/lib.rs:12:5';

describe('a failed call', { timeout: 30_000 }, () => {
  it.each(problemCodes)('with the code %s is a sentence', async (code) => {
    const error = new HostError(code, 'The server did not answer. Nothing was changed.');
    expect(problemTitle(error)).toMatch(/^[A-Z].*\.$/);
    const { container } = renderWith(ProblemNotice, { error });
    expect(screen.getByText(problemTitle(error))).toBeVisible();
    expect(container.querySelector(`[data-problem="${code}"]`)).not.toBeNull();
    await expectAccessible(container);
  });

  it('never shows what is only for the makers of the program', () => {
    for (const code of ['internal', 'unknown', 'something-new']) {
      expect(problemText(new HostError(code, trace))).toBeUndefined();
      expect(problemTitle(new HostError(code, trace))).not.toContain('panicked');
    }
  });

  it('shows the diagnosis where there is one', () => {
    renderWith(ProblemNotice, { error: new HostError('failed', 'x', verdict()) });
    expect(screen.getByRole('heading', { name: 'Sending is switched off for this mailbox' })).toBeVisible();
  });
});
