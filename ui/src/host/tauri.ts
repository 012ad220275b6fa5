import { Channel, invoke } from '@tauri-apps/api/core';
import { HostError } from './error';
import type { Gateway } from './gateway';

async function call<Answer>(command: string, args: Record<string, unknown> = {}): Promise<Answer> {
  try {
    return await invoke<Answer>(command, args);
  } catch (reason) {
    throw HostError.from(reason);
  }
}

function channel<Event>(listener: (event: Event) => void): Channel<Event> {
  const events = new Channel<Event>();
  events.onmessage = listener;
  return events;
}

/** The gateway of the running program: one command of `src-tauri/src/commands/list.rs` per call. */
export function tauriGateway(): Gateway {
  return {
    appInfo: () => call('app_info'),

    home: () => call('home'),
    mailbox: (which) => call('mailbox_show', { which }),
    changeMailbox: (which, change) => call('mailbox_change', { which, change }),
    removeMailbox: (which) => call('mailbox_remove', { which }),
    restoreMailbox: (id) => call('mailbox_restore', { id }),
    forgetMailbox: (id) => call('mailbox_forget', { id }),

    find: (address) => call('setup_find', { address }),
    setup: (id) => call('setup_show', { id }),
    saveSetup: (id, step, form) => call('setup_save', { id, step, form }),
    confirmSetup: (id, password) => call('setup_confirm', { id, password }),
    endSetup: (id) => call('setup_end', { id }),
    permissions: (registration, protocols) => call('permissions', { registration, protocols }),
    readiness: (registration) => call('readiness', { registration }),

    signIn: (which, options, step) => call('sign_in', { which, options, steps: channel(step) }),
    signInForSetup: (id, way, step) => call('sign_in_for_setup', { id, way, steps: channel(step) }),
    pasteIntoSignIn: (text) => call('sign_in_paste', { text }),
    cancelSignIn: () => call('sign_in_cancel'),
    usableSignIns: (which) => call('sign_in_usable', { which }),
    signOutPlan: (which) => call('sign_out_plan', { which }),
    signOut: (which, keepRemote) => call('sign_out', { which, keepRemote }),

    approval: (of) => call('approval_show', { of }),
    noteApproval: (of, done) => call('approval_note', { of, done }),
    mailApproval: (of) => call('approval_mail', { of }),
    checkApproval: (of) => call('approval_check', { of }),
    approveHere: (of, open, step) => call('approval_here', { of, open, steps: channel(step) }),

    attention: () => call('attention_show'),

    plan: (which, choice = {}) => call('test_plan', { which, choice }),
    test: (which, event, choice = {}) => call('test', { which, choice, events: channel(event) }),
    stopTest: (which) => call('test_stop', { which }),
    conversations: (which, started) => call('test_conversations', { which, started }),

    folders: (which, changes) => call('folders', { which, changes }),

    registrations: () => call('registration_list'),
    registration: (which) => call('registration_show', { which }),
    reviewRegistration: (form) => call('registration_review', { form }),
    findTenant: (text, cloud, authority) => call('tenant_find', { text, cloud, authority }),
    saveRegistration: (id, form, secret) => call('registration_save', { id, form, secret }),
    checkRegistration: (which) => call('registration_check', { which }),
    removeRegistration: (which) => call('registration_remove', { which }),
    adminScript: (registration, mailboxes) => call('admin_script', { registration, mailboxes }),
    organisation: (registration, pasted) => call('organisation_show', { registration, pasted }),
    pasteSecret: (form) => call('secret_paste', { form }),
    forgetSecret: () => call('secret_forget'),

    explain: (text, seen) => call('explain', { text, ...seen }),
    doctor: (finding) => call('doctor', { findings: channel(finding) }),
    stopDoctor: () => call('doctor_stop'),
    collectSupport: (wanted) => call('support_collect', { about: wanted }),
    maskSupport: (mask) => call('support_mask', { mask }),
    saveSupport: () => call('support_save'),
    mailSupport: () => call('support_mail'),
    stopSupport: () => call('support_stop'),
    copyText: (text) => call('copy_text', { text }),
    openLink: (url) => call('open_link', { url }),
  };
}
