import type { RegistrationDetails } from '../../bindings/RegistrationDetails';
import { m } from '../../paraglide/messages';
import { dayText } from '../home/words';
import { daysLeft, endsSoon, localDay } from './fields';

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

/** By when something ends: `ok` with time enough or no known end. */
export type EndKind = 'ok' | 'soon' | 'past';

/** What a registration proves itself by, and when that ends. */
export interface Proof {
  by: 'secret' | 'certificate';
  /** “18 Dec 2026, in 28 days” */
  end: string;
  kind: EndKind;
}

/** How near the end on a day (`YYYY-MM-DD`) is, with the day in words. */
export function endOf(day: string | null, now = new Date()): { end: string; kind: EndKind } {
  const days = day === null ? undefined : daysLeft(day, now);
  if (day === null || days === undefined) return { end: m.registration_proof_no_end(), kind: 'ok' };
  const end = m.registration_proof_ends({ day: dayText(day), days: daysText(days) });
  if (days < 0) return { end, kind: 'past' };
  return { end, kind: days < endsSoon ? 'soon' : 'ok' };
}

/** What a registration proves itself by; where there is both, the secret is what is sent, so it comes first. */
export function proofsOf(details: RegistrationDetails, now = new Date()): Proof[] {
  const { certificate } = details;
  return [
    ...(details.has_secret ? [{ by: 'secret' as const, ...endOf(details.secret_expires, now) }] : []),
    ...(certificate === null
      ? []
      : [{ by: 'certificate' as const, ...endOf(localDay(certificate.expires), now) }]),
  ];
}

/** All of it in one line of the list, what ends first in front; `none` where the registration has no proof. */
export function proofLine(proofs: readonly Proof[]): { text: string; kind: EndKind | 'none' } {
  const order: EndKind[] = ['past', 'soon', 'ok'];
  const urgent = [...proofs].sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind));
  const [first] = urgent;
  if (first === undefined) return { text: m.registration_proof_none(), kind: 'none' };
  const text = urgent.map(({ by, end }) =>
    by === 'secret' ? m.registration_proof_secret({ end }) : m.registration_proof_certificate({ end }),
  );
  return { text: text.join(' · '), kind: first.kind };
}

/** The sentence below the list about the selected registration. */
export function stripText(details: RegistrationDetails): { first: string; second: string } {
  const { name, mailboxes } = details;
  const ending = proofsOf(details)
    .filter(({ kind }) => kind !== 'ok')
    .map(({ by, end: when }) =>
      by === 'secret'
        ? m.registration_strip_secret({ name, when })
        : m.registration_strip_certificate({ name, when }),
    );
  const first =
    ending.length > 0 ? ending.join(' ') : m.registration_strip_used({ name, count: mailboxes.length });
  const second =
    mailboxes.length === 0
      ? m.registration_strip_unused()
      : m.registration_strip_by({ mailboxes: mailboxes.join(', ') });
  return { first, second };
}
