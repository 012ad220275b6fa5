import type { RegistrationDetails } from '../../bindings/RegistrationDetails';
import { announce } from '../../announce.svelte';
import { HostError, type Gateway } from '../../host/gateway';
import { m } from '../../paraglide/messages';
import { problemText, problemTitle } from '../explain/problem';

/** The list of app registrations. */
export class RegistrationList {
  all: RegistrationDetails[] | undefined = $state.raw();
  error: HostError | undefined = $state.raw();
  /** Why the last removal did not succeed. */
  notRemoved: HostError | undefined = $state.raw();
  reading = $state(false);
  selectedId: string | undefined = $state();

  readonly selected = $derived(this.all?.find((one) => one.id === this.selectedId));

  constructor(private readonly gateway: Gateway) {}

  async read(): Promise<void> {
    this.reading = true;
    try {
      this.all = (await this.gateway.registrations()).registrations;
      this.error = undefined;
    } catch (reason) {
      this.error = HostError.from(reason);
    } finally {
      this.reading = false;
    }
  }

  async remove(one: RegistrationDetails): Promise<void> {
    this.notRemoved = undefined;
    try {
      const removed = await this.gateway.removeRegistration(one.id);
      announce(m.registration_removed({ name: removed.name }));
    } catch (reason) {
      this.notRemoved = HostError.from(reason);
      announce(problemText(this.notRemoved) ?? problemTitle(this.notRemoved), 'assertive');
    }
    await this.read();
  }
}
