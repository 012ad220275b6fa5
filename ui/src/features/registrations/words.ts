import type { RegistrationDetails } from '../../bindings/RegistrationDetails';
import { m } from '../../paraglide/messages';
import { dayText } from '../home/words';
import { daysLeft, endsSoon } from './fields';

const cloudNames: Record<string, () => string> = {
  global: () => m.registration_cloud_global(),
  'gcc-high': () => m.registration_cloud_gcc_high(),
  dod: () => m.registration_cloud_dod(),
  china: () => m.registration_cloud_china(),
  custom: () => m.registration_cloud_custom(),
};

/** A Microsoft cloud in words. */
export function cloudText(cloud: string): string {
  return cloudNames[cloud]?.() ?? cloud;
}

/** “in 28 days”, “today”, “3 days ago”. */
export function daysText(days: number): string {
  if (days === 0) return m.registration_ends_today();
  return days > 0 ? m.registration_days_left({ count: days }) : m.registration_days_ago({ count: -days });
}

export interface SecretEnd {
  text: string;
  /** `none` where there is no secret, `ok` with time enough or no known end. */
  kind: 'none' | 'ok' | 'soon' | 'past';
}

/** The secret of a registration: that there is none, or when it ends. */
export function secretEnd(details: RegistrationDetails, now = new Date()): SecretEnd {
  if (!details.has_secret) return { text: m.registration_secret_none(), kind: 'none' };
  const days = details.secret_expires === null ? undefined : daysLeft(details.secret_expires, now);
  if (details.secret_expires === null || days === undefined) {
    return { text: m.registration_secret_no_end(), kind: 'ok' };
  }
  const text = m.registration_secret_ends({ day: dayText(details.secret_expires), days: daysText(days) });
  if (days < 0) return { text, kind: 'past' };
  return { text, kind: days < endsSoon ? 'soon' : 'ok' };
}

/** The sentence below the list about the selected registration. */
export function stripText(details: RegistrationDetails): { first: string; second: string } {
  const { name, mailboxes } = details;
  const end = secretEnd(details);
  const first =
    end.kind === 'soon' || end.kind === 'past'
      ? m.registration_strip_secret({ name, when: end.text })
      : m.registration_strip_used({ name, count: mailboxes.length });
  const second =
    mailboxes.length === 0
      ? m.registration_strip_unused()
      : m.registration_strip_by({ mailboxes: mailboxes.join(', ') });
  return { first, second };
}
