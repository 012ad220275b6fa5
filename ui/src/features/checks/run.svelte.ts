import type { ConversationInfo } from '../../bindings/ConversationInfo';
import type { ReportInfo } from '../../bindings/ReportInfo';
import type { TestEvent } from '../../bindings/TestEvent';
import { announce } from '../../announce.svelte';
import { HostError, type Gateway, type Protocol } from '../../host/gateway';
import { m } from '../../paraglide/messages';
import { problemTitle } from '../explain/problem';
import {
  after,
  beside,
  keyOf,
  leavesMessage,
  reported,
  resultOf,
  rowsOf,
  stopped,
  tally,
  type Row,
} from './ladder';
import { checkName, columnName } from './names';

export type RunState = 'idle' | 'running' | 'passed' | 'partly' | 'failed' | 'stopped' | 'error';

/** The checks of one mailbox: the last ones, and running them. What comes after a newer run began is ignored. */
export class TestRun {
  state: RunState = $state('idle');
  rows: Row[] = $state.raw([]);
  report: ReportInfo | null = $state.raw(null);
  /** The protocols of the side that was tested alone, after a whole test; empty where all were. */
  only: readonly Protocol[] = $state.raw([]);
  error: HostError | null = $state.raw(null);
  /** What was said with the servers in the test that is shown, as far as it is known. */
  spoken: readonly ConversationInfo[] = $state.raw([]);
  /** When the present run began, in milliseconds. */
  began: number | null = $state(null);
  /** Whether the next run sends a message to the mailbox itself too. */
  message = $state(false);
  /** The run that was stopped may have left its message in the mailbox. */
  left = $state(false);
  /** How long it has been running, or how long it took. */
  elapsed = $state(0);

  readonly tally = $derived(tally(this.rows));

  #run = 0;
  #planning = false;
  /** Rows and proof of the other side, where one side is tested alone. */
  #kept: Row[] = [];
  #proof: string | null = null;
  #clock: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly gateway: Gateway,
    readonly which: string,
    private readonly ended: (report: ReportInfo) => void = () => undefined,
  ) {}

  /** Shows the last test until a new one runs. */
  show(report: ReportInfo): void {
    if (this.state !== 'idle') return;
    this.#take(report);
  }

  /** Tests everything, or one side alone beside what is known of the other. */
  async start(only: readonly Protocol[] = []): Promise<void> {
    const run = ++this.#run;
    const old = () => run !== this.#run;
    const isKept = ({ protocol }: Row) =>
      only.length > 0 && protocol !== null && !only.some((tested) => tested === protocol);
    this.state = 'running';
    this.error = null;
    this.only = only;
    this.#kept = this.rows.filter(isKept);
    this.#proof = this.report?.proof ?? null;
    this.report = null;
    this.began = Date.now();
    this.elapsed = 0;
    const waiting = { state: 'waiting', since: null, check: null, ended: null, errorId: null } as const;
    this.rows = this.rows.map((row) => (isKept(row) ? row : { ...row, ...waiting }));
    this.#tick();
    this.#planning = true;
    try {
      // What is ticked meanwhile is for the next run. One side alone could not find the message, or not send it.
      const message = this.message && only.length === 0;
      const plan = await this.gateway.plan(this.which, { message, only });
      if (old()) return;
      this.#planning = false;
      this.rows = this.#beside(rowsOf(plan.filter(({ protocol }) => !isKept({ protocol } as Row))));
      const on = (event: TestEvent) => {
        if (!old()) this.#on(event);
      };
      const report = await this.gateway.test(this.which, on, { message, only });
      if (old()) return;
      const whole = this.#take(report);
      this.#say(report);
      this.ended(whole);
    } catch (reason) {
      if (!old()) this.#fail(HostError.from(reason));
    }
  }

  /** Stops the test; the host answers the running call with `cancelled`. */
  async stop(): Promise<void> {
    if (this.state !== 'running') return;
    if (this.#planning) {
      this.#run += 1; // nothing runs at the host yet, so nothing begins
      this.#fail(new HostError('cancelled', ''));
      return;
    }
    try {
      await this.gateway.stopTest(this.which);
    } catch (reason) {
      this.#fail(HostError.from(reason));
    }
  }

  /** The page goes away: nobody waits for the answer. */
  leave(): void {
    const running = this.state === 'running';
    this.#run += 1;
    clearInterval(this.#clock);
    if (running) this.gateway.stopTest(this.which).catch(() => undefined);
  }

  #on(event: TestEvent): void {
    this.rows = after(this.rows, event, Date.now());
    if (event.event !== 'finished') return;
    const { check } = event;
    const row = this.rows.find(({ key }) => key === keyOf(check.protocol, check.id, check.about));
    if (row === undefined) return;
    const name = `${columnName(check.protocol)}, ${checkName(check.id, check.protocol, check.about)}`;
    const said = { no: String(row.no), of: String(this.rows.length), name };
    if (row.state === 'passed') announce(m.checks_said_passed(said));
    if (row.state === 'failed') {
      const why = check.verdict?.title ?? check.detail;
      announce(m.checks_said_failed({ ...said, why }), 'assertive');
    }
  }

  #say(report: ReportInfo): void {
    const { all, passed, failed } = this.tally;
    const said = { passed: String(passed), of: String(all) };
    if (failed === 0) announce(m.checks_said_all({ ...said, address: report.mailbox }));
    else announce(m.checks_said_some({ ...said, failed: String(failed) }));
  }

  /** The report with what is known of the other side. */
  #take(report: ReportInfo): ReportInfo {
    this.#settle();
    const fresh = this.rows.filter((row) => !this.#kept.some(({ key }) => key === row.key));
    this.rows = this.#beside(reported(fresh, report));
    const whole = this.#whole(report);
    this.report = whole;
    void this.#listen(report.started);
    this.elapsed = report.ms;
    this.state = resultOf(this.rows);
    return whole;
  }

  /** Asks for what was said. Without it everything else is as good, so nobody is told that it is missing. */
  async #listen(started: string): Promise<void> {
    const run = this.#run;
    this.spoken = this.#keptSpoken();
    const spoken = await this.gateway.conversations(this.which, started).catch(() => []);
    if (run === this.#run) this.spoken = [...this.#keptSpoken(), ...spoken];
  }

  /** Of the side that was not tested again. */
  #keptSpoken(): ConversationInfo[] {
    return this.spoken.filter((said) => this.#kept.some(({ protocol }) => protocol === said.protocol));
  }

  #beside(fresh: Row[]): Row[] {
    return this.#kept.length === 0 ? fresh : beside(this.#kept, fresh);
  }

  /** A report of one side with what was known of the other before. Its proof is the one of sending, where there is one. */
  #whole(report: ReportInfo): ReportInfo {
    if (this.only.length === 0) return report;
    const checks = this.rows.flatMap(({ check }) => check ?? []);
    return {
      ...report,
      checks,
      proof: this.only.includes('smtp') ? report.proof : (this.#proof ?? report.proof),
    };
  }

  #fail(error: HostError): void {
    this.#settle();
    this.left = leavesMessage(this.rows.filter((row) => !this.#kept.some(({ key }) => key === row.key)));
    this.rows = stopped(this.rows);
    if (error.code === 'cancelled') {
      this.state = 'stopped';
      announce(m.checks_said_stopped());
    } else {
      this.error = error;
      this.state = 'error';
      announce(error.verdict?.title ?? problemTitle(error), 'assertive');
    }
  }

  #tick(): void {
    clearInterval(this.#clock);
    this.#clock = setInterval(() => {
      this.elapsed = Date.now() - (this.began ?? Date.now());
    }, 1000);
  }

  #settle(): void {
    clearInterval(this.#clock);
    if (this.began !== null) this.elapsed = Date.now() - this.began;
  }
}
