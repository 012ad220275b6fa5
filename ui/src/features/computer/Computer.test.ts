import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import type { DoctorCheck } from '../../bindings/DoctorCheck';
import { gatewayKey } from '../../context';
import { HostError, type Gateway } from '../../host/gateway';
import { twinGateway } from '../../host/twin';
import { announced, expectAccessible, renderWith } from '../../test-render';
import { verdict } from '../home/samples';
import Computer from './Computer.svelte';
import { findings } from './words';

function finding(id: string, replaced: Partial<DoctorCheck> = {}): DoctorCheck {
  return { id, outcome: 'passed', ms: 12, detail: `Seen: ${id}.`, verdict: null, ...replaced };
}

const checks = (replaced: Record<string, Partial<DoctorCheck>> = {}) =>
  findings.map((id) => finding(id, replaced[id]));

const doctorOf = (found: DoctorCheck[]) =>
  vi.fn<Gateway['doctor']>((tell) => {
    for (const one of found) tell(one);
    return Promise.resolve({ checked: '2026-11-20T13:20:41Z', ms: 840, checks: found });
  });

const row = (id: string) => document.querySelector(`[data-check="${id}"]`);
const page = () => document.querySelector('.page');

describe('this computer', { timeout: 30_000 }, () => {
  it('is looked at by itself, and is ready', async () => {
    const doctor = doctorOf(checks());
    const { container } = renderWith(Computer, {}, { doctor });
    expect(await screen.findByText('This computer is ready')).toBeVisible();
    expect(container.querySelector('main')).toHaveAttribute('data-page', 'computer');
    expect(row('keychain')).toHaveAttribute('data-outcome', 'passed');
    expect(row('keychain')).toHaveTextContent('Keychain Seen: keychain. Passed');
    await expectAccessible(container);
    await fireEvent.click(screen.getByRole('button', { name: 'Look again' }));
    expect(doctor).toHaveBeenCalledTimes(2);
  });

  it('says what is in the way, what is worth knowing, and copies it', async () => {
    const copyText = vi.fn(() => Promise.resolve());
    const found = checks({
      keychain: {
        outcome: 'failed',
        detail: 'Secret Service cannot be used.',
        verdict: verdict({ who: 'you', title: 'The keychain is locked' }),
      },
      tls: { verdict: verdict({ who: 'network', title: 'Somebody opens the encryption', command: null }) },
      clock: { outcome: 'unchecked' },
    });
    const { container } = renderWith(Computer, {}, { doctor: doctorOf(found), copyText });
    expect(await screen.findByText('One thing of this computer is in the way')).toBeVisible();
    expect(screen.getByRole('heading', { name: 'The keychain is locked' })).toBeVisible();
    expect(row('keychain')?.querySelector('.mute')).toBeNull();
    expect(row('tls')).toHaveTextContent('Passed, worth knowing');
    expect(row('tls')?.querySelector('.mute')).not.toBeNull();
    expect(announced('assertive')).toContain('Keychain: failed. The keychain is locked');
    await expectAccessible(container);
    await fireEvent.click(screen.getByRole('button', { name: 'Copy details' }));
    expect(copyText).toHaveBeenCalledWith(expect.stringContaining('Clock: Not checked. Seen: clock.'));
    expect(copyText).toHaveBeenCalledWith(expect.stringContaining('The keychain is locked'));
  });

  it('shows findings as they come, and stops', async () => {
    let tell: (finding: DoctorCheck) => void = () => undefined;
    let end: (reason: HostError) => void = () => undefined;
    const doctor: Gateway['doctor'] = (listener) => {
      tell = listener;
      return new Promise((_resolve, reject) => (end = reject));
    };
    const stopDoctor = vi.fn(() => {
      end(new HostError('cancelled', 'stopped'));
      return Promise.resolve();
    });
    const { container } = renderWith(Computer, {}, { doctor, stopDoctor });
    await screen.findByText(`0 of ${String(findings.length)} looked at`);
    tell(finding('browser'));
    await waitFor(() => {
      expect(row('browser')).toHaveAttribute('data-outcome', 'passed');
    });
    expect(row('tls')).toHaveAttribute('data-outcome', 'running');
    await expectAccessible(container);
    await fireEvent.click(screen.getByRole('button', { name: 'Stop' }));
    await waitFor(() => {
      expect(page()).toHaveAttribute('data-state', 'stopped');
    });
    expect(row('tls')).toHaveAttribute('data-outcome', 'stopped');
    expect(row('browser')).toHaveAttribute('data-outcome', 'passed');
    expect(stopDoctor).toHaveBeenCalledOnce();
  });

  it('keeps what was found when its page is left, and says why it could not look', async () => {
    const doctor = doctorOf(checks());
    const context = new Map([[gatewayKey, twinGateway({ doctor })]]);
    const first = render(Computer, { context });
    await screen.findByText('This computer is ready');
    first.unmount();
    render(Computer, { context });
    expect(screen.getByText('This computer is ready')).toBeVisible();
    expect(doctor).toHaveBeenCalledOnce();
  });

  it('says why it could not be looked at', async () => {
    const doctor = () => Promise.reject(new HostError('storage', 'The data folder cannot be read.'));
    const { container } = renderWith(Computer, {}, { doctor });
    expect(await screen.findByText('The data folder cannot be read.')).toBeVisible();
    expect(page()).toHaveAttribute('data-state', 'error');
    await expectAccessible(container);
  });
});
