import { SvelteSet } from 'svelte/reactivity';
import type { Home } from '../../bindings/Home';
import { announce } from '../../announce.svelte';
import { statusText } from '../../components/status';
import { counts } from '../../counts.svelte';
import { HostError, type Gateway } from '../../host/gateway';
import { m } from '../../paraglide/messages';
import { toasts } from '../../toasts.svelte';
import { problemTitle } from '../explain/problem';
import { attentionList } from '../attention/attention-list.svelte';
import { testRuns } from './test-runs.svelte';
import { PerGateway } from './per-gateway';
import { filtered, rowsOf, sorted, type Column, type Row, type Segment } from './rows';

/** The list of the first page. It outlives the page, so that view, filter, order and selection are kept. */
export class HomeList {
  home: Home | undefined = $state.raw();
  error: HostError | undefined = $state.raw();
  /** A failure of something that was begun on this page, such as deleting what was removed. */
  problem: HostError | undefined = $state.raw();
  readAt: number | undefined = $state.raw();
  failedAt: number | undefined = $state.raw();
  reading = $state(false);

  segment: Segment = $state('all');
  typed = $state('');
  column: Column = $state('mailbox');
  descending = $state(false);
  selectedKey: string | undefined = $state();

  readonly #hidden = new SvelteSet<string>();
  #again = false;

  readonly all = $derived(this.home === undefined ? [] : rowsOf(this.home, this.#hidden));
  readonly shown = $derived(
    sorted(filtered(this.all, this.segment, this.typed), this.column, this.descending),
  );
  readonly selected = $derived(this.shown.find((row) => row.key === this.selectedKey));

  constructor(private readonly gateway: Gateway) {
    testRuns(gateway).ended = () => void this.read();
  }

  /** Reads the list; a call while one runs makes it read once more afterwards. */
  async read(): Promise<void> {
    if (this.reading) {
      this.#again = true;
      return;
    }
    this.reading = true;
    try {
      do {
        this.#again = false;
        await this.#readOnce();
      } while (this.again());
      void attentionList(this.gateway).read(); // what was done on a page may have helped
    } finally {
      this.reading = false;
    }
  }

  private again(): boolean {
    return this.#again;
  }

  async #readOnce(): Promise<void> {
    try {
      this.home = await this.gateway.home();
      this.error = undefined;
      this.readAt = Date.now();
      counts.mailboxes = this.home.mailboxes.length + this.home.setups.length;
    } catch (reason) {
      this.error = HostError.from(reason);
      this.failedAt = Date.now();
    }
  }

  sortBy(column: Column): void {
    this.descending = column === this.column && !this.descending;
    this.column = column;
  }

  showAll(): void {
    this.segment = 'all';
    this.typed = '';
  }

  async test(row: Row): Promise<void> {
    if (row.line === null) return;
    const report = await testRuns(this.gateway).start(row.line.id);
    await this.read();
    if (report === undefined) return;
    announce(m.home_tested({ address: row.address, status: statusText(report.status) }));
  }

  async testAll(): Promise<void> {
    const which = this.all.flatMap((row) =>
      row.line === null || row.status === 'retired' ? [] : [row.line.id],
    );
    const tally = await testRuns(this.gateway).startMany(which, () => void this.read());
    const text = { tested: tally.tested, working: tally.working };
    announce(tally.stopped ? m.home_tested_stopped(text) : m.home_tested_all(text));
  }

  /** Takes a set-up off the list; it is ended when its toast has gone without Undo. */
  discard(row: Row): void {
    const id = row.setup?.id;
    if (id === undefined) return;
    this.#hidden.add(row.key);
    toasts.show({
      text: m.home_discarded({ address: row.address }),
      action: { label: m.home_undo(), run: () => void this.#hidden.delete(row.key) },
      gone: () =>
        void this.#attempt(() => this.gateway.endSetup(id)).then((ended) => {
          if (!ended) this.#hidden.delete(row.key); // it is still there
        }),
    });
  }

  /** After a mailbox was taken off the list: says so, with the way back; forgets it when the toast has gone. */
  removed(id: string, address: string): void {
    toasts.show({
      text: m.home_removed({ address }),
      action: {
        label: m.home_undo(),
        run: () => void this.#attempt(() => this.gateway.restoreMailbox(id)),
      },
      gone: () => void this.#attempt(() => this.gateway.forgetMailbox(id)),
    });
  }

  async #attempt(work: () => Promise<unknown>): Promise<boolean> {
    let done = true;
    try {
      await work();
    } catch (reason) {
      done = false;
      this.problem = HostError.from(reason);
      announce(this.problem.verdict?.title ?? problemTitle(this.problem), 'assertive');
    }
    await this.read();
    return done;
  }
}

const lists = new PerGateway<'', HomeList>((gateway) => new HomeList(gateway));

/** The list of this window. */
export const homeList = (gateway: Gateway): HomeList => lists.get(gateway, '');
