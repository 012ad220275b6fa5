import { SvelteMap } from 'svelte/reactivity';
import type { CheckInfo } from '../../bindings/CheckInfo';
import type { ReportInfo } from '../../bindings/ReportInfo';
import type { TestEvent } from '../../bindings/TestEvent';
import { HostError, type Gateway } from '../../host/gateway';
import { readingOf, sendingOf, sends } from '../checks/ladder';
import { TestRun as LadderRun } from '../checks/run.svelte';
import { outliving } from './outliving.svelte';
import { PerGateway } from './per-gateway';

/** How many mailboxes are tested at the same time. */
export const atOnce = 3;

/** What is known about sending or reading while a test runs. */
export type Side = 'testing' | 'proven' | 'failed';

/** What a mailbox does: what proves it differs by protocol. */
export type Direction = 'sending' | 'reading';

const proofs: Record<Direction, readonly string[]> = {
  sending: ['envelope', 'message'],
  reading: ['inbox', 'count'],
};

/** The test of one mailbox while it runs. */
export class TestRun {
  running: { id: string; protocol: string | null }[] = $state([]);
  finished: CheckInfo[] = $state([]);

  constructor(
    readonly which: string,
    readonly begun: number,
  ) {}

  take(event: TestEvent): void {
    if (event.event === 'started') {
      this.running.push({ id: event.id, protocol: event.protocol });
    } else if (event.event === 'finished') {
      const { check } = event;
      this.running = this.running.filter((r) => r.id !== check.id || r.protocol !== check.protocol);
      this.finished.push(check);
    }
  }

  /** What is known so far about one direction. */
  side(direction: Direction): Side {
    const own = this.finished.filter(
      ({ protocol }) => protocol !== null && sends(protocol) === (direction === 'sending'),
    );
    if (own.some((check) => check.outcome === 'failed')) return 'failed';
    const proof = proofs[direction];
    return own.some(({ id, outcome }) => proof.includes(id) && outcome === 'passed') ? 'proven' : 'testing';
  }
}

/** The ladder of a mailbox's own page. Its test goes on when the page is left. */
export class LastingRun extends LadderRun {
  override leave(): void {
    // nothing to end
  }
}

/** How a test of many went. */
export interface Tally {
  tested: number;
  working: number;
  stopped: boolean;
}

/** All tests that run in the window. They go on when somebody leaves the page that began them. */
export class TestRuns {
  readonly running = new SvelteMap<string, TestRun>();
  /** Why the last test of a mailbox could not be made. */
  readonly errors = new SvelteMap<string, HostError>();
  /** A test of many: how many there are and how many of them have ended. */
  many: { total: number; done: number } | undefined = $state();
  /** Called when the test of a mailbox's own page has ended. */
  ended: () => void = () => undefined;

  readonly #ladders = new SvelteMap<string, LastingRun>();
  #stopping = false;

  constructor(private readonly gateway: Gateway) {}

  /** Tests one mailbox; nothing when it could not be tested (see `errors`) or somebody stopped it. */
  async start(which: string): Promise<ReportInfo | undefined> {
    if (this.isRunning(which)) return undefined;
    const run = new TestRun(which, Date.now());
    this.running.set(which, run);
    this.errors.delete(which);
    try {
      return await this.gateway.test(which, (event) => {
        run.take(event);
      });
    } catch (reason) {
      const error = HostError.from(reason);
      if (error.code !== 'cancelled') this.errors.set(which, error);
      return undefined;
    } finally {
      this.running.delete(which);
    }
  }

  /** Whether a mailbox is being tested, from this list or from its own page. */
  isRunning(which: string): boolean {
    return this.running.has(which) || this.#ladders.get(which)?.state === 'running';
  }

  /** What the running test knows about one direction. */
  side(which: string, direction: Direction): Side {
    const run = this.running.get(which);
    if (run !== undefined) return run.side(direction);
    const rows = this.#ladders.get(which)?.rows ?? [];
    const proven = direction === 'sending' ? sendingOf(rows) : readingOf(rows);
    if (proven === 'works') return 'proven';
    return proven === 'fails' ? 'failed' : 'testing';
  }

  /** The ladder for a mailbox's page: the one that runs, or a new one. */
  ladder(which: string): LastingRun {
    const known = this.#ladders.get(which);
    if (known?.state === 'running') return known;
    const made = outliving(
      () =>
        new LastingRun(this.gateway, which, () => {
          this.errors.delete(which); // of a test before
          this.ended();
        }),
    );
    this.#ladders.set(which, made);
    return made;
  }

  /** Stops the test of one mailbox; the promise of `start` resolves then. */
  async stop(which: string): Promise<void> {
    await this.gateway.stopTest(which).catch((reason: unknown) => {
      this.errors.set(which, HostError.from(reason));
    });
  }

  /** Tests several, at most three at once; `each` hears of every one that has ended. */
  async startMany(which: readonly string[], each: () => void): Promise<Tally> {
    const waiting = [...which];
    const tally: Tally = { tested: 0, working: 0, stopped: false };
    this.many = { total: waiting.length, done: 0 };
    this.#stopping = false;
    const work = async () => {
      for (let next = waiting.shift(); next !== undefined && !this.#stopping; next = waiting.shift()) {
        const report = await this.start(next);
        if (report !== undefined) tally.tested += 1;
        if (report?.status === 'working') tally.working += 1;
        if (this.many !== undefined) this.many.done += 1;
        each();
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    tally.stopped = this.#stopping;
    this.many = undefined;
    return tally;
  }

  /** Stops a test of many: what runs is stopped, the rest does not begin. */
  async stopMany(): Promise<void> {
    this.#stopping = true;
    await Promise.all([...this.running.keys()].map((which) => this.stop(which)));
  }
}

const runs = new PerGateway<'', TestRuns>((gateway) => new TestRuns(gateway));

/** The tests of this window. */
export const testRuns = (gateway: Gateway): TestRuns => runs.get(gateway, '');
