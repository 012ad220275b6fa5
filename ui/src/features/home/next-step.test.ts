import { describe, expect, it } from 'vitest';
import type { HomeLine } from '../../bindings/HomeLine';
import { forAdministrator, nextStep, reasonText, stateText } from './next-step';
import { line, verdict } from './samples';

const a = 'a@example.org';
const said = (replaced: Partial<HomeLine>) => stateText(line(a, replaced));

describe('what the strip says', () => {
  it('names what works and what does not', () => {
    expect(said({})).toBe('a@example.org sends and reads.');
    expect(said({ status: 'partly-working', sending: 'failed' })).toBe(
      'a@example.org reads, but cannot send.',
    );
    expect(said({ status: 'partly-working', reading: 'failed' })).toBe(
      'a@example.org sends, but cannot read.',
    );
    expect(said({ sending: 'failed', reading: 'failed' })).toBe('a@example.org cannot send or read.');
    expect(said({ sending: 'failed', reading: 'off' })).toBe('a@example.org cannot send.');
    expect(said({ reading: 'off' })).toBe('a@example.org sends.');
    expect(said({ status: 'not-started', sending: 'unchecked', reading: 'off' })).toBe(
      'a@example.org is not tested yet.',
    );
    expect(said({ status: 'waiting-for-you' })).toBe('a@example.org waits for a sign-in.');
  });

  it('says why and who can fix it', () => {
    expect(reasonText(line(a, { problem: verdict() }))).toBe(
      'Sending is switched off for this mailbox. An administrator of the organisation can fix it.',
    );
    expect(reasonText(line(a))).toBeUndefined();
  });

  it('has one next step for every state', () => {
    const cases: [Partial<HomeLine>, string][] = [
      [{ setup: 's' }, 'continue'],
      [{ status: 'retired' }, 'open'],
      [{ signed_in_as: null }, 'sign-in'],
      [{ status: 'waiting-for-you' }, 'sign-in'],
      [{ status: 'partly-working', problem: verdict() }, 'copy'],
      [{ status: 'needs-attention', problem: verdict({ who: 'provider' }) }, 'test'],
      [{ status: 'stopped', problem: verdict({ who: 'you' }) }, 'sign-in-again'],
      [{ status: 'needs-attention', problem: verdict({ who: 'you' }) }, 'sign-in-again'],
      [{ status: 'partly-working', reading: 'failed', problem: verdict({ who: 'you' }) }, 'test'],
      [{ status: 'not-started' }, 'test'],
      [{}, 'open'],
    ];
    for (const [replaced, step] of cases) expect(nextStep(line(a, replaced))).toBe(step);
    expect(nextStep(null)).toBe('continue');
  });

  it('gives an administrator everything to act with', () => {
    const text = forAdministrator(a, verdict());
    for (const part of [a, '2. Tick', 'Set-CASMailbox', 'Sending is switched off'])
      expect(text).toContain(part);
  });
});
