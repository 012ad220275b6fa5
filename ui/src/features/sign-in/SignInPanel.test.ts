import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { SignInStep } from '../../bindings/SignInStep';
import { HostError, type Gateway } from '../../host/gateway';
import { problemCodes, problemTitle } from '../explain/problem';
import { announced, expectAccessible, renderWith } from '../../test-render';
import { address, host, locked, lockedKeychain, ready, verdict } from '../setup/fixtures';
import '../setup/patience';
import { forgetAsked } from './remembered';
import SignInPanel from './SignInPanel.svelte';

const never = () => new Promise<never>(() => undefined);
const link: SignInStep = { event: 'link', url: 'https://login.example/authorize?state=abc', ms: 300_000 };
const waits: Gateway['signIn'] = (_, __, step) => {
  step(link);
  return never();
};
const fails = (error: HostError) => () => Promise.reject(error);

function show(replaced: Partial<Gateway> = {}, props: Record<string, unknown> = {}) {
  const given = {
    which: 'box-1',
    address,
    person: address,
    provider: 'microsoft',
    registration: { id: 'reg-1', name: 'ERP mail' },
    sends: true,
    receives: true,
    ...props,
  };
  return renderWith(SignInPanel, given, host({}, replaced));
}

const root = () => document.querySelector('.panel');
const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }));

async function until(view: string): Promise<void> {
  await waitFor(() => {
    expect(root()).toHaveAttribute('data-state', view);
  });
}

async function open(): Promise<void> {
  await screen.findByText('This computer is ready');
  await press('Open sign-in page');
}

beforeEach(forgetAsked);

describe('signing in', () => {
  it('says before what will happen, and what will be asked for', async () => {
    const { container } = show();
    await screen.findByText('This computer is ready');
    expect(screen.getByText('Microsoft’s page opens in Firefox')).toBeInTheDocument();
    expect(screen.getByText('You accept 3 permissions for “ERP mail”')).toBeInTheDocument();
    expect(screen.getByText('Send mail, read mail, stay signed in.')).toBeInTheDocument();
    await expectAccessible(container);
  });

  it('offers the sign-in of somebody who is signed in, and opens no page for it', async () => {
    const usableSignIns = () =>
      Promise.resolve([{ signed_in_as: 'anna@example.org', mailboxes: ['anna@example.org'] }]);
    const signIn = vi.fn(never);
    const { container } = show({ signIn, usableSignIns });
    await screen.findByText('anna@example.org is signed in already');
    await expectAccessible(container);
    await press('Use anna@example.org’s sign-in');
    await until('finishing');
    expect(screen.getByText('Using the sign-in of anna@example.org')).toBeVisible();
    expect(signIn).toHaveBeenCalledWith(
      'box-1',
      { open: false, whose: 'anna@example.org' },
      expect.anything(),
    );
    await expectAccessible(container);
  });

  it('ends by itself when the person comes back', async () => {
    const onsignedin = vi.fn();
    const { container } = show({}, { onsignedin });
    await open();
    await until('done');
    expect(onsignedin).toHaveBeenCalledWith(expect.objectContaining({ signed_in_as: address }));
    await expectAccessible(container);
  });

  it('waits with the link in sight, and opens again with a new request', async () => {
    const signIn = vi.fn(waits);
    const { container } = show({ signIn });
    await open();
    await until('waiting');
    expect(screen.getByRole('timer')).toBeInTheDocument();
    expect(screen.getByText('https://login.example/authorize?state=abc')).toBeInTheDocument();
    await expectAccessible(container);
    await press('Open again');
    expect(signIn).toHaveBeenCalledTimes(2);
  });

  it('shows why no browser opened, with the link to copy', async () => {
    const copyText = vi.fn(() => Promise.resolve());
    const signIn: Gateway['signIn'] = (_, __, step) => {
      step(link);
      step({ event: 'not-opened', message: 'There is no program that opens addresses.' });
      return never();
    };
    const { container } = show({ signIn, copyText });
    await open();
    await until('waiting');
    expect(screen.getByText('The browser did not open')).toBeInTheDocument();
    expect(screen.getByText('There is no program that opens addresses.')).toBeInTheDocument();
    expect(screen.queryByText(/page is open in your browser. Your password/)).toBeNull();
    await press('Copy link');
    expect(copyText).toHaveBeenCalledWith('https://login.example/authorize?state=abc');
    await expectAccessible(container);
  });

  it('copies the link of the same sign-in without opening a browser', async () => {
    const signIn = vi.fn(waits);
    const copyText = vi.fn(() => Promise.resolve());
    show({ signIn, copyText });
    await screen.findByText('This computer is ready');
    await press('Copy link');
    await until('waiting');
    expect(signIn).toHaveBeenCalledWith('box-1', { open: false }, expect.anything());
    expect(copyText).toHaveBeenCalledWith('https://login.example/authorize?state=abc');
    expect(screen.getByText('Waiting for you to open the link')).toBeInTheDocument();
  });

  it.each([
    ['queued', 'Another sign-in is open on this computer', { event: 'queued' }],
    ['finishing', 'You are back. Finishing the sign-in', { event: 'came-back' }],
  ] as const)('shows that it is %s', async (view, title, event) => {
    const { container } = show({
      signIn: (_, __, step) => {
        step(event);
        return never();
      },
    });
    await open();
    await until(view);
    expect(screen.getByText(title)).toBeInTheDocument();
    await expectAccessible(container);
  });

  it('is cancelled', async () => {
    const { container } = show({ signIn: waits });
    await open();
    await until('waiting');
    await press('Cancel sign-in');
    await until('before');
    expect(screen.getByText(/The sign-in was cancelled. Nothing was changed/)).toBeInTheDocument();
    await expectAccessible(container);
  });
});

describe('what the page shows', () => {
  it('is explained from its four answers and from what is pasted', async () => {
    const verdicts = [verdict({ title: 'An administrator has to approve' })];
    const explain = vi.fn(() => Promise.resolve({ verdicts }));
    const pasteIntoSignIn = vi.fn(() => Promise.resolve({ completed: false, verdicts }));
    const { container } = show({ signIn: waits, explain, pasteIntoSignIn });
    await open();
    await until('waiting');
    await press('“Need admin approval”, and no Accept button');
    await screen.findByRole('heading', { name: 'An administrator has to approve' });
    expect(screen.getByRole('button', { name: 'Copy for administrator' })).toBeInTheDocument();
    await expectAccessible(container);

    await press('A message with a code, such as AADSTS50105');
    const field = screen.getByLabelText('Text or address of the page');
    expect(field).toHaveFocus();
    await fireEvent.input(field, { target: { value: 'http://localhost:1/?error=access_denied' } });
    await press('Explain');
    expect(pasteIntoSignIn).toHaveBeenLastCalledWith('http://localhost:1/?error=access_denied');
    expect(field).toHaveValue('http://localhost:1/?error=access_denied');
    expect(root()).toHaveAttribute('data-state', 'waiting');
  });

  it('is completed by the address of the last page', async () => {
    let step: ((step: SignInStep) => void) | undefined;
    const signIn: Gateway['signIn'] = (_, __, listener) => {
      step = listener;
      listener(link);
      return never();
    };
    const pasteIntoSignIn = vi.fn(() => {
      step?.({ event: 'came-back' });
      return Promise.resolve({ completed: true, verdicts: [] });
    });
    show({ signIn, pasteIntoSignIn });
    await open();
    await until('waiting');
    const field = screen.getByLabelText('Text or address of the page');
    await fireEvent.input(field, { target: { value: 'http://localhost:1/?code=c&state=s' } });
    await press('Explain');
    await until('finishing');
    expect(document.body.innerHTML).not.toContain('code=c');
  });

  it('is said to be unknown where nothing is recognised', async () => {
    show({ signIn: waits, explain: () => Promise.resolve({ verdicts: [verdict({ id: 'unknown' })] }) });
    await open();
    await until('waiting');
    await press('“Need admin approval”, and no Accept button');
    await screen.findByText(/Nothing known was found/);
  });

  it('asks for the account again where it went on by itself', async () => {
    const signIn = vi.fn(waits);
    show({ signIn });
    await open();
    await until('waiting');
    await fireEvent.click(screen.getByRole('button', { name: /went on by itself/ }));
    expect(signIn).toHaveBeenLastCalledWith('box-1', { open: true, chooseAccount: true }, expect.anything());
  });
});

describe('another account', () => {
  const other = new HostError('needs-sign-in', 'x', null, {
    expected: address,
    signed_in_as: 'admin@firma.nl',
  });

  it.each([
    [/^Sign in again as anna@firma.nl/, { chooseAccount: true }],
    [/^admin@firma.nl is my sign-in name/, { chooseAccount: true, signInName: 'admin@firma.nl' }],
    [/^anna@firma.nl is a shared mailbox/, { chooseAccount: true, shared: true }],
  ])('goes on with %s', async (name, options) => {
    const signIn = vi.fn<Gateway['signIn']>(fails(other));
    const { container } = show({ signIn });
    await open();
    await until('different-account');
    expect(
      screen.getByRole('heading', { name: 'You signed in with a different account' }),
    ).toBeInTheDocument();
    await expectAccessible(container);
    signIn.mockImplementation(waits);
    await fireEvent.click(screen.getByRole('button', { name }));
    expect(signIn).toHaveBeenLastCalledWith('box-1', { open: true, ...options }, expect.anything());
  });

  it('becomes a new mailbox where the page knows how', async () => {
    const onnew = vi.fn();
    show({ signIn: fails(other) }, { onnew });
    await open();
    await until('different-account');
    await fireEvent.click(screen.getByRole('button', { name: /^Set up admin@firma.nl as a new mailbox/ }));
    expect(onnew).toHaveBeenCalledWith('admin@firma.nl');
  });

  it('offers no new mailbox elsewhere', async () => {
    show({ signIn: fails(other) });
    await open();
    await until('different-account');
    expect(screen.queryByRole('button', { name: /as a new mailbox/ })).toBeNull();
  });
});

describe('a code on another device', () => {
  const code: SignInStep = {
    event: 'code',
    page: 'https://microsoft.com/devicelogin',
    code: 'GK7F3QXMR',
    ms: 900_000,
    every_ms: 5000,
  };
  const shows = (...more: SignInStep[]) =>
    vi.fn<Gateway['signIn']>((_, __, step) => {
      for (const one of [code, ...more]) step(one);
      return never();
    });

  async function begin(replaced: Partial<Gateway>) {
    const shown = show(replaced);
    await screen.findByText('This computer is ready');
    await fireEvent.click(screen.getByRole('button', { name: /^Sign in with a code on another device/ }));
    return shown;
  }

  it('is shown with its page, the account and the time it has', async () => {
    const signIn = shows();
    const copyText = vi.fn(() => Promise.resolve());
    const openLink = vi.fn(() => Promise.resolve());
    const { container } = await begin({ signIn, copyText, openLink });
    await until('code');
    expect(signIn).toHaveBeenCalledWith('box-1', { open: false, route: 'code' }, expect.anything());
    expect(screen.getByRole('heading', { name: 'Sign in with a code' })).toBeInTheDocument();
    expect(screen.getByText('microsoft.com/devicelogin')).toBeInTheDocument();
    expect(screen.getByText('GK7F3QXMR')).toBeInTheDocument();
    expect(screen.getByText('G K 7 F 3 Q X M R')).toBeInTheDocument();
    expect(screen.getByRole('timer')).toHaveAccessibleName('15 minutes 0 seconds left');
    expect(screen.getByText('Microsoft is asked every 5 seconds.')).toBeInTheDocument();
    expect(announced().join()).toContain('The code is G K 7 F 3 Q X M R.');
    await expectAccessible(container);
    await press('Copy code');
    expect(copyText).toHaveBeenLastCalledWith('GK7F3QXMR');
    await press('Or open it here');
    expect(openLink).toHaveBeenCalledWith('https://microsoft.com/devicelogin');
    await press('Larger');
    await expectAccessible(container);
    await press('New code');
    expect(signIn).toHaveBeenCalledTimes(2);
    await press('Use this computer’s browser');
    expect(signIn).toHaveBeenLastCalledWith('box-1', { open: true }, expect.anything());
  });

  it('says how the provider answered last', async () => {
    await begin({ signIn: shows({ event: 'polled', answered: true, again_in_ms: 10_000 }) });
    await screen.findByText(/Microsoft is asked every 10 seconds. Last answer, \d s ago: not yet./);
  });

  it('stays good while the provider cannot be reached', async () => {
    await begin({ signIn: shows({ event: 'polled', answered: false, again_in_ms: 20_000 }) });
    await screen.findByText(/Microsoft gave no answer. The code stays good. It is asked again after 20/);
    expect(announced().join()).toContain('The provider gave no answer.');
  });

  it('says that its page did not open here', async () => {
    const openLink = () => Promise.reject(new HostError('failed', 'no browser'));
    await begin({ signIn: shows(), openLink });
    await until('code');
    await press('Or open it here');
    await screen.findByText(/The page could not be opened here/);
  });

  it('that was not used has a new one as the way on', async () => {
    const ended = verdict({ id: 'device-code-ended', title: 'The code was not used in time', who: 'you' });
    const signIn = vi.fn<Gateway['signIn']>(fails(new HostError('needs-sign-in', 'x', ended)));
    const { container } = await begin({ signIn });
    await until('failed');
    expect(screen.getByRole('heading', { name: 'The code was not used in time' })).toBeInTheDocument();
    expect(screen.queryByText('What does the page show?')).toBeNull();
    await expectAccessible(container);
    signIn.mockImplementation(shows());
    await press('New code');
    await until('code');
  });

  it('is not offered where the provider has none, and says why', async () => {
    const reason = verdict({
      id: 'device-code-google',
      title: 'Google does not allow mail sign-in with a code',
    });
    const no_code = { code: 'usage', message: 'x', verdict: reason };
    const signIn = vi.fn(waits);
    await begin({ readiness: () => Promise.resolve({ ...ready, no_code }), signIn });
    expect(screen.getByText('Google does not allow mail sign-in with a code.')).toBeInTheDocument();
    expect(signIn).not.toHaveBeenCalled();
  });

  it('stays the way after another account', async () => {
    const account = { expected: address, signed_in_as: 'admin@firma.nl' };
    const signIn = vi.fn<Gateway['signIn']>(fails(new HostError('needs-sign-in', 'x', null, account)));
    await begin({ signIn });
    await until('different-account');
    signIn.mockImplementation(shows());
    await fireEvent.click(screen.getByRole('button', { name: /^anna@firma.nl is a shared mailbox/ }));
    const options = { open: false, route: 'code', chooseAccount: true, shared: true };
    expect(signIn).toHaveBeenLastCalledWith('box-1', options, expect.anything());
  });
});

describe('a browser that cannot come back', () => {
  const paste = /^Use a browser that cannot come back here/;

  it('is completed by its last address, and says what was pasted by mistake', async () => {
    const signIn = vi.fn(waits);
    const copyText = vi.fn(() => Promise.resolve());
    const wrong = verdict({ id: 'paste-other-sign-in', title: 'This address belongs to another sign-in' });
    const pasteIntoSignIn = vi.fn(() => Promise.resolve({ completed: false, verdicts: [wrong] }));
    const { container } = show({ signIn, copyText, pasteIntoSignIn });
    await screen.findByText('This computer is ready');
    await fireEvent.click(screen.getByRole('button', { name: paste }));
    await until('waiting');
    expect(signIn).toHaveBeenCalledWith('box-1', { open: false, route: 'paste' }, expect.anything());
    expect(copyText).toHaveBeenCalledWith('https://login.example/authorize?state=abc');
    expect(screen.getByText('Waiting for the address of the last page')).toBeInTheDocument();
    const field = screen.getByLabelText('Whole address of the page that did not load');
    await fireEvent.input(field, { target: { value: 'http://localhost:1/?code=c&state=other' } });
    await press('Go on');
    await screen.findByRole('heading', { name: 'This address belongs to another sign-in' });
    expect(field).toHaveValue('http://localhost:1/?code=c&state=other');
    await expectAccessible(container);
    await press('New link');
    expect(signIn).toHaveBeenCalledTimes(2);
  });

  it('is the way on where nothing can listen for the browser', async () => {
    const port = verdict({ id: 'loop-port-in-use', title: 'The browser has no way back to Mailwright' });
    const problem = { code: 'failed', message: 'x', verdict: port };
    const parts = [{ id: 'return-address', name: 'http://localhost:8400', problem }];
    const signIn = vi.fn(waits);
    const readiness = () => Promise.resolve({ parts, ready: false, no_code: null });
    const { container } = show({ readiness, signIn });
    await until('not-ready');
    await expectAccessible(container);
    await fireEvent.click(screen.getByRole('button', { name: paste }));
    await until('waiting');
    expect(signIn).toHaveBeenCalledWith('box-1', { open: false, route: 'paste' }, expect.anything());
  });
});

describe('bad days', () => {
  it('says that nobody came back, with the page explained and a way to open it again', async () => {
    const nobody = verdict({ id: 'loop-user-closed', title: 'No answer came from the browser', who: 'you' });
    const { container } = show({ signIn: fails(new HostError('needs-sign-in', 'x', nobody)) });
    await open();
    await until('failed');
    expect(screen.getByRole('heading', { name: 'No answer came from the browser' })).toBeInTheDocument();
    expect(screen.getByText('What does the page show?')).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Open sign-in page' })).toBeInTheDocument();
    await expectAccessible(container);
  });

  it('gives a message for the administrator', async () => {
    const copyText = vi.fn<Gateway['copyText']>(() => Promise.resolve());
    show({ signIn: fails(new HostError('needs-administrator', 'x', verdict())), copyText });
    await open();
    await until('failed');
    await press('Copy for administrator');
    expect(copyText.mock.lastCall?.[0]).toContain('app registration “ERP mail”');
  });

  it('keeps the browser closed while the keychain is locked, and goes on when it is not', async () => {
    let now = locked;
    const signIn = vi.fn(waits);
    const { container } = show({ readiness: () => Promise.resolve(now), signIn });
    await until('not-ready');
    expect(screen.getByRole('heading', { name: lockedKeychain.title })).toBeInTheDocument();
    expect(screen.getByText('No keychain at all?')).toBeInTheDocument();
    await press('Open sign-in page');
    expect(signIn).not.toHaveBeenCalled();
    await expectAccessible(container);
    now = ready;
    await press('Check again');
    await until('before');
  });

  it('says that the keychain was locked meanwhile', async () => {
    const { container } = show({ signIn: fails(new HostError('keychain', 'x', lockedKeychain)) });
    await open();
    await until('failed');
    expect(screen.getByRole('heading', { name: lockedKeychain.title })).toBeInTheDocument();
    expect(screen.getByText('No keychain at all?')).toBeInTheDocument();
    await expectAccessible(container);
    await press('Check again');
    await until('before');
  });

  it.each(problemCodes.filter((code) => code !== 'cancelled'))(
    'says an error of the code %s in a sentence',
    async (code) => {
      const error = new HostError(code, 'thread panicked at src/secret.rs:12');
      show({ signIn: fails(error) });
      await open();
      await until('failed');
      expect(document.querySelector(`[data-problem="${code}"]`)).toHaveTextContent(problemTitle(error));
      if (code === 'internal' || code === 'unknown') {
        expect(document.body).not.toHaveTextContent('panicked');
      }
    },
  );
});
