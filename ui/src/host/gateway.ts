import type { Added } from '../bindings/Added';
import type { AdminScript } from '../bindings/AdminScript';
import type { ApprovalInfo } from '../bindings/ApprovalInfo';
import type { Attention } from '../bindings/Attention';
import type { ConversationInfo } from '../bindings/ConversationInfo';
import type { Doctor } from '../bindings/Doctor';
import type { DoctorCheck } from '../bindings/DoctorCheck';
import type { Explained } from '../bindings/Explained';
import type { FieldNote } from '../bindings/FieldNote';
import type { Folders } from '../bindings/Folders';
import type { Found } from '../bindings/Found';
import type { Home } from '../bindings/Home';
import type { MailboxPage } from '../bindings/MailboxPage';
import type { Organisation } from '../bindings/Organisation';
import type { Pasted } from '../bindings/Pasted';
import type { Permission } from '../bindings/Permission';
import type { PlannedCheck } from '../bindings/PlannedCheck';
import type { Readiness } from '../bindings/Readiness';
import type { RegistrationChecked } from '../bindings/RegistrationChecked';
import type { RegistrationDetails } from '../bindings/RegistrationDetails';
import type { RegistrationForm } from '../bindings/RegistrationForm';
import type { RegistrationSaved } from '../bindings/RegistrationSaved';
import type { Registrations } from '../bindings/Registrations';
import type { Removed } from '../bindings/Removed';
import type { ReportInfo } from '../bindings/ReportInfo';
import type { RoleChange } from '../bindings/RoleChange';
import type { SetupForm } from '../bindings/SetupForm';
import type { SetupInfo } from '../bindings/SetupInfo';
import type { SignedIn } from '../bindings/SignedIn';
import type { SignedOut } from '../bindings/SignedOut';
import type { SignOutPlan } from '../bindings/SignOutPlan';
import type { SignInStep } from '../bindings/SignInStep';
import type { SupportSaved } from '../bindings/SupportSaved';
import type { SupportShown } from '../bindings/SupportShown';
import type { TenantFound } from '../bindings/TenantFound';
import type { TestEvent } from '../bindings/TestEvent';
import type { UsableSignIn } from '../bindings/UsableSignIn';

export { HostError } from './error';

/** Which program this is. Mirrors `AppInfo` in `src-tauri/src/commands/about.rs`. */
export interface AppInfo {
  name: string;
  version: string;
}

/** By what a person comes back from the provider. */
export type Route =
  | 'browser' // it comes back by itself
  | 'paste' // the address of its last page is pasted
  | 'code'; // nothing comes back: a code is entered on another device

/** The way to the provider's page and back. */
export interface Way {
  /** Open the system's browser with the address; otherwise the person opens the link. */
  open: boolean;
  /** `browser` where it is missing. */
  route?: Route;
}

/** What may differ between two sign-ins to the same mailbox. */
export interface SignInOptions extends Way {
  /** The address is a shared mailbox: whoever signs in is right if its inbox then opens. */
  shared?: boolean;
  /** Ask the provider to show its choice of accounts. */
  chooseAccount?: boolean;
  /** This is the sign-in name of the mailbox; kept once its inbox has opened. */
  signInName?: string;
  /** Uses the sign-in of this person, who is signed in already. No page is shown; the inbox has to open. */
  whose?: string;
}

/** Fields of a mailbox to change; what is missing stays. Names as in `MailboxChange` of the host. */
export interface MailboxChange {
  registration?: string;
  name?: string;
  sender_name?: string;
  senders?: string[];
  sign_in_name?: string;
  smtp_login?: string;
  /** Replaces the one in the keychain; only where the servers want one. It goes to the host once and never comes back. */
  password?: string;
  /** `HOST:PORT:MODE`; empty takes the server away. */
  imap?: string;
  /** `HOST:PORT:MODE`; empty takes the server away. */
  pop3?: string;
  /** `HOST:PORT:MODE` */
  smtp?: string;
  /** `smtp`, `graph` or `gmail`. */
  send_via?: string;
  send?: boolean;
  receive?: boolean;
  /** Seconds. */
  timeout?: string;
}

/** What an administrator's approval is about: a mailbox, or an app registration before there is one. */
export type ApprovalSubject = { mailbox: string } | { registration: string };

/** What a person did about an approval; the host keeps it. */
export type ApprovalDone = 'needed' | 'ask' | 'administrator' | 'copied';

/** What a support package is about, and what is to be in it. Mirrors `SupportAbout` of the host. */
export interface SupportWanted {
  /** Id or address; every mailbox where neither this nor an error ID is given. */
  mailbox?: string;
  error_id?: string;
  /** Test now, and put in what was said on each connection. */
  test: boolean;
  /** Say not whose it is. */
  mask: boolean;
}

/** What is known of a text to explain, in words of `mailwright explain`. */
export interface Seen {
  stage?: string;
  provider?: string;
}

/** A side of a mailbox that can be tested alone. */
export type Protocol = 'imap' | 'pop3' | 'smtp';

/** What may differ from a usual test. */
export interface TestChoice {
  /** It sends a message to the mailbox itself, too. */
  message?: boolean;
  /** Only these protocols; the rest is left alone. Empty means all. */
  only?: readonly Protocol[];
  /** Settings on the screen in the place of the saved ones; neither they nor the report is saved. */
  change?: MailboxChange | undefined;
}

/** Where a client secret comes from when a registration is saved. */
export type SecretSource =
  | { from: 'keep' } // the one in the keychain, or none
  | { from: 'clipboard' } // what `pasteSecret` took; the value itself never comes into the window
  | { from: 'typed'; value: string }
  | { from: 'remove' };

/** What `pasteSecret` took from the clipboard, without the value. */
export interface PastedSecret {
  characters: number;
  notes: FieldNote[];
}

/**
 * Everything the window can ask of the host, and the only way to it. Components take it from the context (see
 * `context.ts`): the program gives `tauriGateway()`, tests `twinGateway()`. Every call rejects with a `HostError`.
 */
export interface Gateway {
  appInfo(): Promise<AppInfo>;

  // Mailboxes
  home(): Promise<Home>;
  mailbox(which: string): Promise<MailboxPage>;
  changeMailbox(which: string, change: MailboxChange): Promise<Added>;
  /** Takes it off the list; `restoreMailbox` brings it back until `forgetMailbox` or the program's next start. */
  removeMailbox(which: string): Promise<Removed>;
  restoreMailbox(id: string): Promise<Added>;
  forgetMailbox(id: string): Promise<void>;

  // Setting up
  find(address: string): Promise<Found>;
  setup(id: string): Promise<SetupInfo>;
  /** `null` begins a new one. */
  saveSetup(id: string | null, step: string, form: SetupForm): Promise<SetupInfo>;
  /**
   * Checks the form, adds or changes the mailbox, and goes on to `sign-in`, or to `checks` when signed in. A password
   * for its servers goes to the host with this call, once, and never comes back; `null` keeps the one that is there.
   */
  confirmSetup(id: string, password: string | null): Promise<SetupInfo>;
  /** Ends the set-up; a mailbox that it made stays. */
  endSetup(id: string): Promise<void>;
  permissions(registration: string, protocols: readonly string[]): Promise<Permission[]>;
  readiness(registration: string): Promise<Readiness>;

  // Sign-in: one at a time; a second call ends the first, whose promise rejects with the code `cancelled`.
  signIn(which: string, options: SignInOptions, step: (step: SignInStep) => void): Promise<SignedIn>;
  /** Signs in before there is a mailbox; whoever signs in fills the form. */
  signInForSetup(id: string, way: Way, step: (step: SignInStep) => void): Promise<SetupInfo>;
  /** What was copied from the page in the browser: its address completes the sign-in that waits, the rest is explained. */
  pasteIntoSignIn(text: string): Promise<Pasted>;
  cancelSignIn(): Promise<void>;
  /** Whose sign-in a mailbox could use without another one. */
  usableSignIns(which: string): Promise<UsableSignIn[]>;
  /** What signing out would do, to be said before. */
  signOutPlan(which: string): Promise<SignOutPlan>;
  signOut(which: string, keepRemote: boolean): Promise<SignedOut>;

  // The administrator's approval. Approving is one with the sign-ins: a later one of either ends it.
  approval(of: ApprovalSubject): Promise<ApprovalInfo>;
  noteApproval(of: ApprovalSubject, done: ApprovalDone): Promise<ApprovalInfo>;
  /** Hands the message to the mail program, where a person sends it. */
  mailApproval(of: ApprovalSubject): Promise<ApprovalInfo>;
  /** Looks whether it was given, without a person. */
  checkApproval(of: ApprovalSubject): Promise<ApprovalInfo>;
  /** The administrator in front of this computer approves in the browser. */
  approveHere(of: ApprovalSubject, open: boolean, step: (step: SignInStep) => void): Promise<ApprovalInfo>;

  /** What needs attention, one fix for many, and what ends by itself. */
  attention(): Promise<Attention>;

  // Tests
  plan(which: string, choice?: TestChoice): Promise<PlannedCheck[]>;
  /** Rejects with the code `cancelled` after `stopTest`. */
  test(which: string, event: (event: TestEvent) => void, choice?: TestChoice): Promise<ReportInfo>;
  stopTest(which: string): Promise<void>;
  /** What was said with the servers in the test that began then, without secrets; empty where it is not known any more. */
  conversations(which: string, started: string): Promise<ConversationInfo[]>;

  // Folders
  folders(which: string, changes: RoleChange[]): Promise<Folders>;

  // App registrations
  registrations(): Promise<Registrations>;
  registration(which: string): Promise<RegistrationDetails>;
  /** What can be said about the fields without asking anybody. */
  reviewRegistration(form: RegistrationForm): Promise<FieldNote[]>;
  /** The tenant and cloud of an organisation at Microsoft, from a domain or address of it. Nothing is saved. */
  findTenant(text: string, cloud: string, authority: string): Promise<TenantFound>;
  saveRegistration(
    id: string | null,
    form: RegistrationForm,
    secret: SecretSource,
  ): Promise<RegistrationSaved>;
  /** Asks the provider, without a person; changes nothing there. */
  checkRegistration(which: string): Promise<RegistrationChecked>;
  removeRegistration(which: string): Promise<Removed>;
  /** What an administrator runs to give an app registration these mailboxes, and its reverse. */
  adminScript(registration: string, mailboxes: string[]): Promise<AdminScript>;
  /** The switches of its organisation; `pasted` is what an administrator's commands printed, or null. Kept nowhere. */
  organisation(registration: string, pasted: string | null): Promise<Organisation>;
  /** Takes the client secret from the clipboard into the host's memory until it is saved. */
  pasteSecret(form: RegistrationForm): Promise<PastedSecret>;
  /** Lets go of what `pasteSecret` took. */
  forgetSecret(): Promise<void>;

  // Help
  explain(text: string, seen?: Seen): Promise<Explained>;
  /** Looks at this computer; rejects with the code `cancelled` after `stopDoctor` or where it is begun anew. */
  doctor(finding: (finding: DoctorCheck) => void): Promise<Doctor>;
  stopDoctor(): Promise<void>;
  /** Collects a support package and keeps it at the host; `cancelled` after `stopSupport` or where it is begun anew. */
  collectSupport(wanted: SupportWanted): Promise<SupportShown>;
  /** The same package with the customer in it or not. */
  maskSupport(mask: boolean): Promise<SupportShown>;
  /** Writes the package as it was shown last; the host chooses the folder. */
  saveSupport(): Promise<SupportSaved>;
  /** Hands a message with subject and error ID to the mail program, where a person sends it. */
  mailSupport(): Promise<void>;
  stopSupport(): Promise<void>;
  /** Resolves only when the clipboard really holds the text. */
  copyText(text: string): Promise<void>;
  /** Opens an https page in the system's browser. */
  openLink(url: string): Promise<void>;
}
