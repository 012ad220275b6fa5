import { describe, expect, it, vi } from 'vitest';
import type { ReportInfo } from '../../bindings/ReportInfo';
import { HostError } from '../../host/gateway';
import { twinGateway } from '../../host/twin';
import { check, report } from './samples';
import { atOnce, testRuns } from './test-runs.svelte';

describe('tests of mailboxes', () => {
  it('run at most three at once, and count how they went', async () => {
    let now = 0;
    let most = 0;
    const runs = testRuns(
      twinGateway({
        test: async (which) => {
          most = Math.max(most, ++now);
          await new Promise((done) => setTimeout(done));
          now -= 1;
          if (which === 'bad') throw new HostError('unreachable', 'The network is gone.');
          return report(which, which === 'half' ? { status: 'partly-working' } : {});
        },
      }),
    );
    let each = 0;
    const tally = await runs.startMany(['1', '2', 'bad', 'half', '5', '6', '7'], () => (each += 1));
    expect(most).toBe(atOnce);
    expect(tally).toEqual({ tested: 6, working: 5, stopped: false });
    expect(each).toBe(7);
    expect(runs.errors.get('bad')?.code).toBe('unreachable');
    expect(runs.many).toBeUndefined();
  });

  it('are stopped together, and what has not begun does not begin', async () => {
    const begun = new Map<string, (error: HostError) => void>();
    const runs = testRuns(
      twinGateway({
        test: (which) => new Promise<ReportInfo>((_, reject) => begun.set(which, reject)),
        stopTest: (which) => {
          begun.get(which)?.(new HostError('cancelled', 'stopped'));
          return Promise.resolve();
        },
      }),
    );
    const all = runs.startMany(['1', '2', '3', '4'], () => undefined);
    await runs.stopMany();
    expect(await all).toEqual({ tested: 0, working: 0, stopped: true });
    expect([...begun.keys()]).toEqual(['1', '2', '3']);
    expect(runs.errors.size).toBe(0);
  });

  it('forget why one could not be made when the next one on its own page was', async () => {
    let fails = true;
    const test = () =>
      fails
        ? Promise.reject(new HostError('unreachable', 'The network is gone.'))
        : Promise.resolve(report('1'));
    const runs = testRuns(twinGateway({ test }));
    await runs.start('1');
    expect(runs.errors.has('1')).toBe(true);
    fails = false;
    await runs.ladder('1').start();
    expect(runs.errors.has('1')).toBe(false);
  });

  it('do not begin when they are stopped before their plan is there', async () => {
    let planned: () => void = () => undefined;
    const test = vi.fn(() => Promise.resolve(report('1')));
    const plan = () =>
      new Promise<never[]>((resolve) => {
        planned = () => {
          resolve([]);
        };
      });
    const ladder = testRuns(twinGateway({ plan, test })).ladder('1');
    const run = ladder.start();
    await ladder.stop();
    planned();
    await run;
    expect(test).not.toHaveBeenCalled();
    expect(ladder.state).toBe('stopped');
  });

  it('say live what is known about sending and reading', async () => {
    let end: (report: ReportInfo) => void = () => undefined;
    const runs = testRuns(
      twinGateway({
        test: (which, event) => {
          event({ event: 'started', mailbox: which, id: 'inbox', protocol: 'imap' });
          event({ event: 'finished', mailbox: which, check: check('message', 'graph') });
          event({ event: 'finished', mailbox: which, check: check('tls', 'imap', { outcome: 'failed' }) });
          return new Promise((resolve) => (end = resolve));
        },
      }),
    );
    const done = runs.start('1');
    expect(runs.isRunning('1')).toBe(true);
    expect([runs.side('1', 'sending'), runs.side('1', 'reading')]).toEqual(['proven', 'failed']);
    expect(await runs.start('1')).toBeUndefined(); // once at a time
    end(report('1'));
    expect((await done)?.status).toBe('working');
    expect(runs.isRunning('1')).toBe(false);
  });
});
