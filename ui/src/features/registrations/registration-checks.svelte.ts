import type { RegistrationCheckInfo } from '../../bindings/RegistrationCheckInfo';
import type { RegistrationChecked } from '../../bindings/RegistrationChecked';
import type { CheckState } from '../../components/check';
import { announce } from '../../announce.svelte';
import { HostError, type Gateway } from '../../host/gateway';
import { m } from '../../paraglide/messages';
import { problemText, problemTitle } from '../explain/problem';
import { longTime } from '../home/words';

const names: Record<string, () => string> = {
  tenant: m.registration_reading_tenant,
  issuer: m.registration_reading_issuer,
  client: m.registration_reading_client,
  secret: m.registration_reading_secret,
  certificate: m.registration_reading_certificate,
  'public-client': m.registration_reading_public,
  redirect: m.registration_reading_redirect,
  platform: m.registration_reading_platform,
  consent: m.registration_reading_consent,
};

/** A reading in plain words; one that this version does not know keeps the host's word. */
export function readingName(id: string): string {
  return names[id]?.() ?? id;
}

/** How a reading is drawn. */
export function stateOf(check: RegistrationCheckInfo): CheckState {
  if (check.outcome === 'passed' || check.outcome === 'failed' || check.outcome === 'skipped') {
    return check.outcome;
  }
  return 'unchecked';
}

/** What was seen, and for a sign-in when that was. */
export function detailText(check: RegistrationCheckInfo): string {
  if (check.basis !== 'sign-in' || check.seen === null) return check.detail;
  return m.registration_shown_by_sign_in({ detail: check.detail, when: longTime(check.seen) });
}

/** How a look came out, in a few words for a list. */
export function summaryText(checked: RegistrationChecked): string {
  const count = (outcome: string) => checked.checks.filter((one) => one.outcome === outcome).length;
  const failed = count('failed');
  if (failed > 0) return m.registration_checks_failed({ count: failed });
  const unseen = count('unchecked');
  return unseen > 0 ? m.registration_checks_unseen({ count: unseen }) : m.registration_checks_fine();
}

/** Asking the provider about one registration. */
export class RegistrationChecks {
  running = $state(false);
  /** The look of this page, newer than the saved one. */
  checked: RegistrationChecked | undefined = $state.raw();
  error: HostError | undefined = $state.raw();

  constructor(
    private readonly gateway: Gateway,
    private readonly id: string,
  ) {}

  async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    this.error = undefined;
    announce(m.registration_checks_running());
    try {
      this.checked = await this.gateway.checkRegistration(this.id);
      announce(summaryText(this.checked));
    } catch (reason) {
      this.error = HostError.from(reason);
      announce(problemText(this.error) ?? problemTitle(this.error), 'assertive');
    } finally {
      this.running = false;
    }
  }
}
