import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { SignInStep } from '../../bindings/SignInStep';
import { HostError, type Gateway } from '../../host/gateway';
import { problemCodes, problemTitle } from '../explain/problem';
import { expectAccessible, renderWith } from '../../test-render';
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
    const explain = vi.fn(() =>
      Promise.resolve({ verdicts: [verdict({ title: 'An administrator has to approve' })] }),
    );
    const { container } = show({ signIn: waits, explain });
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
    expect(explain).toHaveBeenLastCalledWith('http://localhost:1/?error=access_denied');
    expect(root()).toHaveAttribute('data-state', 'waiting');
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
