import { announce } from '../../announce.svelte';
import type { Folders } from '../../bindings/Folders';
import type { RoleChange } from '../../bindings/RoleChange';
import { HostError, type Gateway } from '../../host/gateway';
import { m } from '../../paraglide/messages';
import { problemTitle } from '../explain/problem';
import { changeOf, resetOf, roleLabel, rowsOf, type Role } from './roles';

/** The folders of one mailbox. Changes are saved one after the other; one that failed leaves all as it was. */
export class FoldersState {
  folders: Folders | null = $state.raw(null);
  /** Why the folders could not be read. */
  error: HostError | null = $state.raw(null);
  /** Why the last change was not saved. */
  refused: HostError | null = $state.raw(null);
  busy = $state(false);

  /** What was chosen and is being saved. */
  #pending: Partial<Record<Role, string | undefined>> = $state({});

  readonly rows = $derived(
    (this.folders === null ? [] : rowsOf(this.folders)).map((row) => ({
      ...row,
      value: this.#pending[row.role] ?? row.value,
    })),
  );
  readonly state = $derived(
    this.folders !== null ? 'ready' : this.error === null || this.busy ? 'loading' : 'failed',
  );

  #queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly gateway: Gateway,
    readonly which: string,
    private readonly changed: (folders: Folders) => void = () => undefined,
  ) {}

  async load(): Promise<void> {
    await this.#ask([], () => undefined);
  }

  async reload(): Promise<void> {
    await this.#ask([], () => {
      announce(m.folders_said_reloaded());
    });
  }

  async choose(role: Role, value: string): Promise<void> {
    const change = changeOf(role, value);
    if (change === null) return;
    this.#pending[role] = value;
    await this.#ask([change], (folders) => {
      const name = folders.roles[role]?.name ?? m.folders_no_folder();
      announce(m.folders_said_saved({ role: roleLabel(role), name }));
    });
    // The list shows what is saved, also where the change was refused.
    if (this.#pending[role] === value) this.#pending[role] = undefined;
  }

  async reset(): Promise<void> {
    if (this.folders === null) return;
    await this.#ask(resetOf(this.folders), () => {
      announce(m.folders_said_reset());
    });
  }

  #ask(changes: RoleChange[], say: (folders: Folders) => void): Promise<void> {
    this.#queue = this.#queue.then(() => this.#call(changes, say));
    return this.#queue;
  }

  async #call(changes: RoleChange[], say: (folders: Folders) => void): Promise<void> {
    this.busy = true;
    try {
      const folders = await this.gateway.folders(this.which, changes);
      this.folders = folders;
      this.error = null;
      this.refused = null;
      say(folders);
      this.changed(folders);
    } catch (reason) {
      const error = HostError.from(reason);
      if (changes.length > 0) this.refused = error;
      else this.error = error;
      announce(error.verdict?.title ?? problemTitle(error), 'assertive');
    } finally {
      this.busy = false;
    }
  }
}
