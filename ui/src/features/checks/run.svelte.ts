import type { ReportInfo } from '../../bindings/ReportInfo';
import type { TestEvent } from '../../bindings/TestEvent';
import { announce } from '../../announce.svelte';
import { HostError, type Gateway } from '../../host/gateway';
import { m } from '../../paraglide/messages';
import { problemTitle } from '../explain/problem';
import { after, keyOf, reported, resultOf, rowsOf, stopped, tally, type Row } from './ladder';
import { checkName, columnName } from './names';

export type RunState = 'idle' | 'running' | 'passed' | 'partly' | 'failed' | 'stopped' | 'error';

/** The checks of one mailbox: the last ones, and running them. What comes after a newer run began is ignored. */
export class TestRun {
  state: RunState = $state('idle');
  rows: Row[] = $state.raw([]);
  report: ReportInfo | null = $state.raw(null);
  error: HostError | null = $state.raw(null);
  /** When the present run began, in milliseconds. */
  began: number | null = $state(null);
  /** Whether the next run sends a message to the mailbox itself too. */
  message = $state(false);
  /** How long it has been running, or how long it took. */
  elapsed = $state(0);

  readonly tally = $derived(tally(this.rows));

  #run = 0;
  #planning = false;
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

  async start(): Promise<void> {
    const run = ++this.#run;
    const old = () => run !== this.#run;
    this.state = 'running';
    this.error = null;
    this.report = null;
    this.began = Date.now();
    this.elapsed = 0;
    this.rows = this.rows.map((row) => ({ ...row, state: 'waiting', since: null, check: null, ended: null }));
    this.#tick();
    this.#planning = true;
    try {
      const { message } = this; // what is ticked meanwhile is for the next run
      const plan = await this.gateway.plan(this.which, message);
      if (old()) return;
      this.#planning = false;
      this.rows = rowsOf(plan);
      const on = (event: TestEvent) => {
        if (!old()) this.#on(event);
      };
      const report = await this.gateway.test(this.which, on, message);
      if (old()) return;
      this.#take(report);
      this.#say(report);
      this.ended(report);
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
    const name = `${columnName(check.protocol)}, ${checkName(check.id, check.about)}`;
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

  #take(report: ReportInfo): void {
    this.#settle();
    this.report = report;
    this.rows = reported(this.rows, report);
    this.elapsed = report.ms;
    this.state = resultOf(this.rows);
  }

  #fail(error: HostError): void {
    this.#settle();
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
