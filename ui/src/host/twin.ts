import { HostError } from './error';
import type { Gateway } from './gateway';

const notGiven = (call: string) => () =>
  Promise.reject(new HostError('not-found', `The twin was given no answer for ${call}.`));

/**
 * A gateway in memory, for tests: answers like a fresh installation. Give a test's own answers in `replaced`; calls
 * that a fresh installation has no answer for reject.
 */
export function twinGateway(replaced: Partial<Gateway> = {}): Gateway {
  return {
    appInfo: () => Promise.resolve({ name: 'Mailwright', version: '0.0.0-test' }),

    home: () => Promise.resolve({ mailboxes: [], setups: [] }),
    mailbox: notGiven('mailbox'),
    changeMailbox: notGiven('changeMailbox'),
    removeMailbox: notGiven('removeMailbox'),
    restoreMailbox: notGiven('restoreMailbox'),
    forgetMailbox: () => Promise.resolve(),

    find: notGiven('find'),
    setup: notGiven('setup'),
    saveSetup: (id, step, form) =>
      Promise.resolve({
        id: id ?? 'setup-1',
        step,
        mailbox: null,
        signed_in_as: null,
        form,
        started: '2026-11-20T10:00:00Z',
        changed: '2026-11-20T10:00:00Z',
      }),
    confirmSetup: notGiven('confirmSetup'),
    endSetup: () => Promise.resolve(),
    permissions: () => Promise.resolve([]),
    readiness: () => Promise.resolve({ parts: [], ready: true, no_code: null }),

    signIn: notGiven('signIn'),
    signInForSetup: notGiven('signInForSetup'),
    pasteIntoSignIn: () => Promise.resolve({ completed: false, verdicts: [] }),
    cancelSignIn: () => Promise.resolve(),
    usableSignIns: () => Promise.resolve([]),
    signOutPlan: notGiven('signOutPlan'),
    signOut: notGiven('signOut'),

    approval: notGiven('approval'),
    noteApproval: notGiven('noteApproval'),
    mailApproval: notGiven('mailApproval'),
    checkApproval: notGiven('checkApproval'),
    approveHere: notGiven('approveHere'),

    attention: () =>
      Promise.resolve({
        at: '2026-11-20T10:00:00Z',
        mailboxes: 0,
        working: 0,
        fixes: [],
        waiting: [],
        dates: [],
      }),

    plan: () => Promise.resolve([]),
    test: notGiven('test'),
    stopTest: () => Promise.resolve(),
    conversations: () => Promise.resolve([]),

    folders: notGiven('folders'),

    registrations: () => Promise.resolve({ registrations: [] }),
    registration: notGiven('registration'),
    reviewRegistration: () => Promise.resolve([]),
    findTenant: notGiven('findTenant'),
    saveRegistration: notGiven('saveRegistration'),
    checkRegistration: notGiven('checkRegistration'),
    removeRegistration: notGiven('removeRegistration'),
    adminScript: notGiven('adminScript'),
    organisation: notGiven('organisation'),
    pasteSecret: notGiven('pasteSecret'),
    forgetSecret: () => Promise.resolve(),

    explain: () => Promise.resolve({ verdicts: [] }),
    doctor: notGiven('doctor'),
    stopDoctor: () => Promise.resolve(),
    collectSupport: notGiven('collectSupport'),
    maskSupport: notGiven('maskSupport'),
    saveSupport: notGiven('saveSupport'),
    mailSupport: () => Promise.resolve(),
    stopSupport: () => Promise.resolve(),
    copyText: () => Promise.resolve(),
    openLink: () => Promise.resolve(),
    ...replaced,
  };
}
