import type { DoctorCheck } from '../../bindings/DoctorCheck';
import { announce } from '../../announce.svelte';
import type { CheckState } from '../../components/check';
import { HostError, type Gateway } from '../../host/gateway';
import { m } from '../../paraglide/messages';
import { problemTitle } from '../explain/problem';
import { PerGateway } from '../home/per-gateway';
import { findingName, findings } from './words';

export type LookingState = 'idle' | 'running' | 'ready' | 'hindered' | 'stopped' | 'error';

/** One thing about this computer: looked at now, or found. */
export interface FindingRow {
  id: string;
  state: CheckState;
  check: DoctorCheck | null;
}

const states: Record<string, CheckState> = {
  passed: 'passed',
  failed: 'failed',
  skipped: 'skipped',
  unchecked: 'unchecked',
};

const rowOf = (check: DoctorCheck): FindingRow => ({
  id: check.id,
  state: states[check.outcome] ?? 'unchecked',
  check,
});

/** Looking at this computer. What was found stays while the program runs; leaving the page stops nothing. */
export class Looking {
  state: LookingState = $state('idle');
  rows: FindingRow[] = $state.raw([]);
  error: HostError | undefined = $state.raw();
  /** When it was looked at, by this computer's clock. */
  checked: string | undefined = $state();
  ms = $state(0);

  readonly done = $derived(this.rows.filter((row) => row.check !== null).length);
  readonly failed = $derived(this.rows.filter((row) => row.state === 'failed').length);

  #run = 0;

  constructor(private readonly gateway: Gateway) {}

  async look(): Promise<void> {
    if (this.state === 'running') return;
    const run = ++this.#run;
    this.state = 'running';
    this.error = undefined;
    this.checked = undefined;
    this.rows = findings.map((id) => ({ id, state: 'running', check: null }));
    try {
      const found = await this.gateway.doctor((finding) => {
        if (run === this.#run && this.state === 'running') this.#take(finding);
      });
      if (run !== this.#run) return;
      this.rows = found.checks.map(rowOf);
      this.checked = found.checked;
      this.ms = found.ms;
      this.state = this.failed === 0 ? 'ready' : 'hindered';
      announce(this.failed === 0 ? m.computer_ready() : m.computer_hindered({ count: this.failed }));
    } catch (reason) {
      if (run === this.#run) this.#fail(HostError.from(reason));
    }
  }

  /** Stops it; the host answers the running call with `cancelled`. */
  async stop(): Promise<void> {
    await this.gateway.stopDoctor().catch(() => undefined);
  }

  #take(finding: DoctorCheck): void {
    const row = rowOf(finding);
    const known = this.rows.some(({ id }) => id === row.id);
    this.rows = known ? this.rows.map((old) => (old.id === row.id ? row : old)) : [...this.rows, row];
    if (row.state === 'failed') {
      const why = finding.verdict?.title ?? finding.detail;
      announce(m.computer_said_failed({ name: findingName(row.id), why }), 'assertive');
    }
  }

  #fail(error: HostError): void {
    this.rows = this.rows.map((row) => (row.check === null ? { ...row, state: 'stopped' } : row));
    if (error.code === 'cancelled') {
      this.state = 'stopped';
      announce(m.computer_stopped());
      return;
    }
    this.state = 'error';
    this.error = error;
    announce(error.verdict?.title ?? problemTitle(error), 'assertive');
  }
}

const lookings = new PerGateway<'', Looking>((gateway) => new Looking(gateway));

/** What is known in this window of this computer. */
export const looking = (gateway: Gateway): Looking => lookings.get(gateway, '');
