import { SvelteSet } from 'svelte/reactivity';
import type { FieldNote } from '../../bindings/FieldNote';
import type { RegistrationDetails } from '../../bindings/RegistrationDetails';
import type { RegistrationForm } from '../../bindings/RegistrationForm';
import type { RegistrationSaved } from '../../bindings/RegistrationSaved';
import type { TenantFound } from '../../bindings/TenantFound';
import { announce } from '../../announce.svelte';
import { HostError, type Gateway, type PastedSecret, type SecretSource } from '../../host/gateway';
import { m } from '../../paraglide/messages';
import { problemText, problemTitle } from '../explain/problem';
import { PerGateway } from '../home/per-gateway';
import { savedNotes } from './saved-notes.svelte';
import { emptyForm, formOf, sentForm } from './fields';

export type FieldName = keyof RegistrationForm | 'client_secret';

/** One app registration while it is added or changed. What was entered is kept until it is saved or given up. */
export class RegistrationEdit {
  details: RegistrationDetails | undefined = $state.raw();
  /** Why a saved registration could not be read. */
  error: HostError | undefined = $state.raw();
  form: RegistrationForm = $state(emptyForm());
  anyPort = $state(true);
  scopes = $state('');

  secret: SecretSource['from'] = $state('keep');
  typedSecret = $state('');
  pasted: PastedSecret | undefined = $state.raw();
  pasteError: HostError | undefined = $state.raw();

  /** A domain or address of the organisation, to look its tenant up. */
  domain = $state('');
  finding = $state(false);
  found: TenantFound | undefined = $state.raw();
  notFound: HostError | undefined = $state.raw();

  /** Steps in the portal that a person ticked as done there. */
  readonly ticked = new SvelteSet<string>();

  saving = $state(false);
  notSaved: HostError | undefined = $state.raw();

  #notes: FieldNote[] = $state.raw([]);
  #touched = new SvelteSet<FieldName>();
  #all = $state(false);
  #review = 0;
  /** What was there before anything was entered. */
  #before: string = $state('');

  constructor(
    private readonly gateway: Gateway,
    readonly id: string | null,
  ) {
    this.#before = JSON.stringify(this.sent);
  }

  async read(): Promise<void> {
    if (this.id === null || this.details !== undefined) return;
    this.error = undefined;
    try {
      const details = await this.gateway.registration(this.id);
      this.form = formOf(details);
      this.anyPort = this.form.redirect_uri === '';
      this.scopes = details.scopes.join('\n');
      this.details = details;
      this.#before = JSON.stringify(this.sent);
      void this.review();
    } catch (reason) {
      this.error = HostError.from(reason);
    }
  }

  get sent(): RegistrationForm {
    return sentForm($state.snapshot(this.form), this.anyPort, this.scopes);
  }

  /** Whether something was entered that is not saved. */
  get changed(): boolean {
    return this.secret !== 'keep' || JSON.stringify(this.sent) !== this.#before;
  }

  /** A field was left or pasted into: what can be said about it is shown from now on. */
  async touch(field: FieldName): Promise<void> {
    this.#touched.add(field);
    await this.review();
  }

  async review(): Promise<void> {
    const review = ++this.#review;
    try {
      const notes = await this.gateway.reviewRegistration(this.sent);
      if (review === this.#review) this.#notes = notes;
    } catch {
      // Nothing to say about the fields; saving says what is wrong.
    }
  }

  note(field: FieldName): FieldNote | undefined {
    const known = field === 'client_secret' ? [...this.#notes, ...(this.pasted?.notes ?? [])] : this.#notes;
    const own = known.filter((note) => note.field === field);
    const found = own.find((note) => note.wrong) ?? own[0];
    if (this.#all || field === 'cloud') return found;
    if (field === 'client_secret') return this.pasted === undefined ? undefined : found;
    if (!this.#touched.has(field) || this.#isEmpty(field)) return undefined;
    return found;
  }

  /** Asks Microsoft for tenant and cloud of the domain, and fills them in. */
  async findTenant(): Promise<void> {
    if (this.finding || this.domain.trim() === '') return;
    this.finding = true;
    this.found = undefined;
    this.notFound = undefined;
    try {
      const found = await this.gateway.findTenant(this.domain, this.form.cloud, this.sent.authority);
      this.found = found;
      this.form.tenant = found.tenant;
      this.form.cloud = found.cloud;
      announce(m.registration_tenant_found({ domain: found.domain }));
      await this.review();
    } catch (reason) {
      this.notFound = HostError.from(reason);
      announce(problemText(this.notFound) ?? problemTitle(this.notFound), 'assertive');
    } finally {
      this.finding = false;
    }
  }

  #isEmpty(field: keyof RegistrationForm): boolean {
    const value = this.form[field];
    return (typeof value === 'string' ? value.trim() : value).length === 0;
  }

  async paste(): Promise<void> {
    this.pasteError = undefined;
    try {
      this.pasted = await this.gateway.pasteSecret(this.sent);
      this.secret = 'clipboard';
      this.typedSecret = '';
      const before = pasters.get(this.gateway);
      pasters.set(this.gateway, this);
      if (before !== this && before?.secret === 'clipboard') before.keepSecret(); // the host keeps one
      announce(m.registration_pasted({ count: this.pasted.characters }));
    } catch (reason) {
      this.pasteError = HostError.from(reason);
      announce(problemText(this.pasteError) ?? problemTitle(this.pasteError), 'assertive');
    }
  }

  typeSecret(): void {
    const typed = this.typedSecret;
    this.keepSecret();
    this.typedSecret = typed;
    if (typed !== '') this.secret = 'typed';
  }

  /** Leaves the secret as it is saved; the host lets go of a pasted one. */
  keepSecret(): void {
    if (pasters.get(this.gateway) === this) {
      pasters.delete(this.gateway);
      void this.gateway.forgetSecret().catch(() => undefined); // it is forgotten when the program ends
    }
    this.secret = 'keep';
    this.pasted = undefined;
    this.typedSecret = '';
  }

  removeSecret(): void {
    this.keepSecret();
    this.secret = 'remove';
    this.form.secret_expires = '';
  }

  #source(): SecretSource {
    if (this.secret === 'typed') return { from: 'typed', value: this.typedSecret };
    return { from: this.secret };
  }

  /** Saves; nothing when a field cannot be right or the host refused. What was entered stays then. */
  async save(): Promise<RegistrationSaved | undefined> {
    if (this.saving) return undefined;
    this.saving = true;
    this.notSaved = undefined;
    try {
      await this.review();
      this.#all = true;
      if (this.#notes.some((note) => note.wrong)) return undefined;
      const saved = await this.gateway.saveRegistration(this.id, this.sent, this.#source());
      this.keepSecret();
      forget(this.gateway, this.id);
      savedNotes.keep(saved);
      announce(m.registration_saved({ name: saved.name }));
      return saved;
    } catch (reason) {
      this.notSaved = HostError.from(reason);
      announce(problemText(this.notSaved) ?? problemTitle(this.notSaved), 'assertive');
      return undefined;
    } finally {
      this.saving = false;
    }
  }

  /** The page is left: what was typed stays, a typed secret does not. Where nothing was, it is read anew next time. */
  leave(): void {
    this.typedSecret = '';
    if (this.secret === 'typed') this.secret = 'keep';
    if (!this.changed && this.ticked.size === 0) forget(this.gateway, this.id);
  }
}

/** Whose secret the host took from the clipboard last. */
const pasters = new WeakMap<Gateway, RegistrationEdit>();

const edits = new PerGateway<string | null, RegistrationEdit>(
  (gateway, id) => new RegistrationEdit(gateway, id),
);

/** What is being entered for a registration; `null` is a new one. */
export const registrationEdit = (gateway: Gateway, id: string | null): RegistrationEdit =>
  edits.get(gateway, id);

/** Gives up what was entered. */
export function forget(gateway: Gateway, id: string | null): void {
  edits.forget(gateway, id);
}
