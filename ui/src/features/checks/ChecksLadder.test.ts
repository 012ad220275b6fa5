import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import Keys from '../../components/Keys.svelte';
import type { TestEvent } from '../../bindings/TestEvent';
import { HostError, type Gateway } from '../../host/gateway';
import { announced, expectAccessible, renderWith } from '../../test-render';
import '../setup/patience';
import { address, check, host, partly, plan, refused, report, servers, verdict } from '../setup/fixtures';
import ChecksLadder from './ChecksLadder.svelte';

const never = () => new Promise<never>(() => undefined);
const root = () => document.querySelector('.checks');
const row = (key: string) => document.querySelector(`[data-check="${key}"]`);

function show(replaced: Partial<Gateway>, props: Record<string, unknown> = {}) {
  return renderWith(
    ChecksLadder,
    { which: 'box-1', address, servers, autostart: true, ...props },
    host({}, replaced),
  );
}

describe('the checks of a mailbox', () => {
  it('run by themselves, are announced, and end with everything passed', async () => {
    const onreport = vi.fn();
    const { container } = show({}, { onreport });
    await waitFor(() => {
      expect(root()).toHaveAttribute('data-state', 'passed');
    });
    expect(row('smtp/envelope')).toHaveAttribute('data-outcome', 'passed');
    expect(row('sign-in/token')).toHaveAttribute('data-outcome', 'passed');
    expect(screen.getByText(/20 of 20 passed/)).toBeInTheDocument();
    expect(announced()).toContain('Check 2 of 20 passed: Sending, Find the server');
    expect(announced()).toContain('All checks passed for anna@firma.nl: 20 of 20.');
    expect(onreport).toHaveBeenCalledOnce();
    await expectAccessible(container);
  });

  it('show what runs, and stop', async () => {
    let end: (reason: HostError) => void = () => undefined;
    const stopTest = vi.fn(() => {
      end(new HostError('cancelled', 'stopped'));
      return Promise.resolve();
    });
    const { container } = show({
      test: (_, event) => {
        event({ event: 'started', mailbox: address, id: 'tls', protocol: 'imap' });
        return new Promise((_resolve, reject) => (end = reject));
      },
      stopTest,
    });
    await waitFor(() => {
      expect(row('imap/tls')).toHaveAttribute('data-outcome', 'running');
    });
    await expectAccessible(container);
    await fireEvent.click(screen.getByRole('button', { name: 'Stop testing anna@firma.nl' }));
    await waitFor(() => {
      expect(root()).toHaveAttribute('data-state', 'stopped');
    });
    expect(stopTest).toHaveBeenCalledWith('box-1');
    expect(row('imap/tls')).toHaveAttribute('data-outcome', 'stopped');
    expect(screen.getByText(/The test was stopped/)).toBeInTheDocument();
    expect(screen.queryByText(/test message may have been sent/)).not.toBeInTheDocument();
  });

  it('say that a message may be left where they are stopped after it was sent', async () => {
    let end: (reason: HostError) => void = () => undefined;
    show({
      test: (_, event) => {
        event({ event: 'started', mailbox: address, id: 'message', protocol: 'smtp' });
        return new Promise((_resolve, reject) => (end = reject));
      },
      stopTest: () => {
        end(new HostError('cancelled', 'stopped'));
        return Promise.resolve();
      },
    });
    await waitFor(() => {
      expect(row('smtp/message')).toHaveAttribute('data-outcome', 'running');
    });
    await fireEvent.click(screen.getByRole('button', { name: 'Stop testing anna@firma.nl' }));
    expect(await screen.findByText(/test message may have been sent/)).toBeInTheDocument();
  });

  it('open a refused sign-in in its place, with its verdict and what to copy', async () => {
    const copyText = vi.fn(() => Promise.resolve());
    const { container } = show({ test: () => Promise.resolve(partly), copyText });
    await screen.findByRole('heading', { name: verdict().title });
    expect(root()).toHaveAttribute('data-state', 'partly');
    expect(row('smtp/authenticate')).toHaveAttribute('data-outcome', 'failed');
    expect(row('smtp/envelope')).toHaveAttribute('data-outcome', 'skipped');
    await expectAccessible(container);

    await fireEvent.click(screen.getByRole('button', { name: 'Copy for administrator' }));
    expect(copyText).toHaveBeenLastCalledWith(expect.stringContaining('Set-CASMailbox'));
    await fireEvent.click(screen.getByRole('button', { name: 'Copy details' }));
    expect(copyText).toHaveBeenLastCalledWith(expect.stringContaining('535 5.7.139'));
    await fireEvent.click(screen.getByText('Technical details'));
    expect(screen.getByText(refused.server_says)).toBeInTheDocument();
    await expectAccessible(container);
  });

  it('copies the details of the failure with a key', async () => {
    const copyText = vi.fn(() => Promise.resolve());
    show({ test: () => Promise.resolve(partly), copyText });
    renderWith(Keys, {});
    await screen.findByRole('heading', { name: verdict().title });
    await fireEvent.keyDown(document.body, { key: 'C', code: 'KeyC', ctrlKey: true, shiftKey: true });
    expect(copyText).toHaveBeenCalledWith(expect.stringContaining('535 5.7.139'));
  });

  it('say failures at once', async () => {
    show({
      test: (_, event) => {
        const planned = { id: 'authenticate', protocol: 'smtp' };
        event({ event: 'finished', mailbox: address, check: check(planned, refused) });
        return never();
      },
    });
    await waitFor(() => {
      expect(announced('assertive').join()).toContain(
        'failed: Sending, Sign-in accepted. Microsoft 365 does not let',
      );
    });
  });

  it('show a server that is down beside one that works', async () => {
    const down = report({
      status: 'partly-working',
      checks: plan.map((one) => {
        if (one.protocol !== 'imap' || one.id === 'resolve') return check(one);
        const failed = {
          outcome: 'failed',
          verdict: verdict({ who: 'network', title: 'Nobody answers there' }),
        };
        return check(one, one.id === 'connect' ? failed : { outcome: 'skipped' });
      }),
    });
    const { container } = show({ test: () => Promise.resolve(down) });
    await screen.findByRole('heading', { name: 'Nobody answers there' });
    expect(screen.queryByRole('button', { name: 'Copy for administrator' })).toBeNull();
    expect(screen.getByText('Works')).toBeInTheDocument();
    await expectAccessible(container);
  });

  it('offer a new sign-in where the sign-in is the problem', async () => {
    const onsignin = vi.fn();
    const dead = report({
      status: 'stopped',
      proof: null,
      checks: plan.map((one) =>
        one.id === 'token'
          ? check(one, {
              outcome: 'failed',
              verdict: verdict({ who: 'you', title: 'The sign-in was withdrawn' }),
            })
          : check(one, { outcome: 'skipped' }),
      ),
    });
    show({ test: () => Promise.resolve(dead) }, { onsignin });
    await fireEvent.click(await screen.findByRole('button', { name: 'Sign in again' }));
    expect(onsignin).toHaveBeenCalledOnce();
    expect(root()).toHaveAttribute('data-state', 'failed');
  });

  it('say why they could not run', async () => {
    const { container } = show({
      test: () => Promise.reject(new HostError('storage', 'The data folder cannot be written.')),
    });
    await screen.findByText('The data folder cannot be written.');
    expect(root()).toHaveAttribute('data-state', 'error');
    await expectAccessible(container);
  });

  it('show the last test until a new one runs, and ignore what an old run still says', async () => {
    const events: ((event: TestEvent) => void)[] = [];
    show(
      {
        test: (_, event) => {
          events.push(event);
          return never();
        },
      },
      { autostart: false, report: report() },
    );
    await waitFor(() => {
      expect(root()).toHaveAttribute('data-state', 'passed');
    });
    await fireEvent.click(screen.getByRole('button', { name: 'Test again: anna@firma.nl' }));
    await waitFor(() => {
      expect(events).toHaveLength(1);
    });
    expect(row('smtp/tls')).toHaveAttribute('data-outcome', 'waiting');
  });

  it('name a failed test by its error ID, and lead to help with it', async () => {
    const copyText = vi.fn(() => Promise.resolve());
    const error_id = 'MW-7K3F-9Q2D';
    show({ test: () => Promise.resolve({ ...partly, error_id }), copyText });
    await screen.findByRole('heading', { name: verdict().title });
    await fireEvent.click(screen.getByText('Technical details'));
    expect(screen.getByText(error_id)).toBeVisible();
    await fireEvent.click(screen.getByRole('button', { name: 'Copy Error ID' }));
    expect(copyText).toHaveBeenLastCalledWith(error_id);
    await fireEvent.click(screen.getByRole('button', { name: 'Copy details' }));
    expect(copyText).toHaveBeenLastCalledWith(expect.stringContaining(`Error ID: ${error_id}`));
    await fireEvent.click(screen.getByRole('button', { name: 'Ask for help' }));
    await waitFor(() => {
      expect(location.hash).toBe(`#/support/error/${error_id}`);
    });
  });

  it('have no error ID and no way to help where nothing failed', async () => {
    show({});
    await waitFor(() => {
      expect(root()).toHaveAttribute('data-state', 'passed');
    });
    expect(screen.queryByRole('button', { name: 'Ask for help' })).toBeNull();
    expect(screen.queryByText('Error ID')).toBeNull();
  });

  it('tell what each check found, and how far it is proven', async () => {
    const seen = 'TLS 1.3 with TLS13_AES_256_GCM_SHA384; certificate for firma.nl, issued by DigiCert.';
    const told = report({
      checks: plan.map((one) => check(one, one.id === 'tls' ? { detail: seen } : {})),
    });
    const { container } = show({ test: () => Promise.resolve(told) });
    await fireEvent.click(await screen.findByText('What every check found'));
    const tls = container.querySelector('[data-seen="smtp/tls"]');
    expect(tls).toHaveTextContent(`Sending, Secure connection ${seen}`);
    expect(container.querySelector('[data-proof="envelope"]')).toHaveTextContent(
      'Proven up to the last step. The server accepted sender and recipient. No message was sent.',
    );
    await expectAccessible(container);
  });

  it('test one side again beside what is known of the other', async () => {
    const onreport = vi.fn();
    const mended = report({
      status: 'working',
      checks: plan.filter(({ protocol }) => protocol !== 'imap').map((one) => check(one)),
    });
    const test = vi
      .fn<Gateway['test']>()
      .mockResolvedValueOnce({ ...partly, error_id: 'MW-7K3F-9Q2D' })
      .mockResolvedValueOnce(mended)
      .mockResolvedValueOnce(report());
    const { container } = show({ test }, { onreport });
    await screen.findByRole('heading', { name: verdict().title });
    await fireEvent.click(screen.getByRole('button', { name: 'Test sending again' }));
    await waitFor(() => {
      expect(root()).toHaveAttribute('data-state', 'passed');
    });
    expect(test).toHaveBeenLastCalledWith('box-1', expect.any(Function), { message: false, only: ['smtp'] });
    expect(row('smtp/authenticate')).toHaveAttribute('data-outcome', 'passed');
    expect(row('imap/inbox')).toHaveAttribute('data-outcome', 'passed');
    expect(screen.getByText(/20 of 20 passed/)).toBeInTheDocument();
    expect(onreport).toHaveBeenLastCalledWith(expect.objectContaining({ proof: 'envelope' }));
    expect(screen.getByText(/Only sending was tested again/)).toBeVisible();
    await expectAccessible(container);
    await fireEvent.click(screen.getByRole('button', { name: 'Test both' }));
    await waitFor(() => {
      expect(screen.queryByText(/Only sending was tested again/)).toBeNull();
    });
    expect(test).toHaveBeenLastCalledWith('box-1', expect.any(Function), { message: false, only: [] });
  });

  it('name the place that works instead, and use it where somebody chose the host', async () => {
    const place = 'mail.firma.nl:993:tls';
    const found = report({
      status: 'partly-working',
      checks: plan.map((one) =>
        one.protocol === 'imap' && one.id === 'connect'
          ? check(one, { outcome: 'failed', works_instead: [place], verdict: verdict({ who: 'network' }) })
          : check(one),
      ),
    });
    const onuse = vi.fn(() => Promise.resolve(true));
    const test = vi.fn<Gateway['test']>().mockResolvedValueOnce(found).mockResolvedValueOnce(report());
    const { container } = show({ test }, { onuse });
    await screen.findByText('port 993, TLS');
    await expectAccessible(container);
    await fireEvent.click(
      screen.getByRole('button', { name: 'Use it and test again: mail.firma.nl port 993, TLS' }),
    );
    expect(onuse).toHaveBeenCalledWith('imap', place);
    await waitFor(() => {
      expect(root()).toHaveAttribute('data-state', 'passed');
    });
  });

  it('show in the details of a failure what was said, and copy it', async () => {
    const copyText = vi.fn(() => Promise.resolve());
    const conversations = vi.fn(() =>
      Promise.resolve([{ protocol: 'smtp', lines: ['0.001 S: 220 ready', '0.002 C: AUTH XOAUTH2 (token)'] }]),
    );
    show({ test: () => Promise.resolve(partly), conversations, copyText });
    await fireEvent.click(await screen.findByText('Technical details'));
    const said = await screen.findByRole('region', { name: 'What was said, without secrets' });
    expect(said).toHaveTextContent('0.001 S: 220 ready 0.002 C: AUTH XOAUTH2 (token)');
    expect(conversations).toHaveBeenCalledWith('box-1', partly.started);
    await fireEvent.click(screen.getByRole('button', { name: /^Copy details/ }));
    expect(copyText).toHaveBeenCalledWith(expect.stringContaining('\n0.002 C: AUTH XOAUTH2 (token)'));
  });

  it('name Microsoft Graph where a mailbox sends by it, which has no server', async () => {
    const byGraph = plan.map((one) => (one.protocol === 'smtp' ? { ...one, protocol: 'graph' } : one));
    show(
      { plan: () => Promise.resolve(byGraph), test: never },
      { servers: servers.filter(({ protocol }) => protocol === 'imap') },
    );
    expect(await screen.findByText('Microsoft Graph')).toBeVisible();
    expect(screen.getByText('outlook.office365.com : 993')).toBeVisible();
  });

  it('do not offer a place on a host that was only found', async () => {
    const found = report({
      checks: plan.map((one) =>
        one.protocol === 'imap' && one.id === 'connect'
          ? check(one, { outcome: 'failed', works_instead: ['evil.example:993:tls'] })
          : check(one),
      ),
    });
    const srv = servers.map((server) => ({ ...server, source: 'srv' }));
    show({ test: () => Promise.resolve(found) }, { servers: srv, onuse: () => Promise.resolve(true) });
    expect(await screen.findByText('evil.example')).toBeVisible();
    expect(screen.queryByRole('button', { name: /^Use/ })).toBeNull();
  });
});
