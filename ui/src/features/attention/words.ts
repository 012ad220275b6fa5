import type { Fix } from '../../bindings/Fix';
import { m } from '../../paraglide/messages';
import { dayText } from '../home/words';

const nameOf = (fix: Fix) => fix.registration?.name ?? '';
const personOf = (fix: Fix) => fix.person ?? m.attention_somebody();

/** The mailbox of a fix, or how many there are. */
function whom(fix: Fix): string {
  const [first] = fix.mailboxes;
  if (fix.mailboxes.length === 1 && first) return first.address;
  return m.attention_mailboxes({ count: fix.mailboxes.length });
}

/** One line: what it is, with the values concerned. */
export function titleOf(fix: Fix): string {
  const name = nameOf(fix);
  switch (fix.kind) {
    case 'secret':
      return ends(fix, m.attention_what_secret({ name }));
    case 'certificate':
      return ends(fix, m.attention_what_certificate({ name }));
    case 'google-testing':
      return ends(fix, m.attention_what_testing({ name }));
    case 'inactivity':
      return ends(fix, m.attention_what_inactivity({ person: personOf(fix) }));
    case 'sign-in-frequency':
      return ends(fix, m.attention_what_frequency({ person: personOf(fix) }));
    case 'sign-in':
      return fix.status === 'stopped'
        ? m.attention_stopped({ whom: whom(fix) })
        : m.attention_wants_sign_in({ whom: whom(fix) });
    case 'password':
      return m.attention_wants_password({ whom: whom(fix) });
    case 'announced':
      return announcedTitle(fix);
    case 'approval':
      return m.attention_wants_approval({ name });
    default:
      return problemTitle(fix);
  }
}

/** “At the end of …: …”, in the provider's own exactness. */
function announcedTitle({ announcement }: Fix): string {
  if (announcement === null) return m.attention_announced();
  return m.mailbox_announced_line({ when: announcement.when, title: announcement.title });
}

/** “… ends in 28 days” */
function ends(fix: Fix, what: string): string {
  const days = fix.days ?? 0;
  if (fix.days === null || days < 0) return m.attention_ended({ what });
  return days === 0 ? m.attention_ends_today({ what }) : m.attention_ends_in({ what, count: days });
}

function problemTitle(fix: Fix): string {
  const problem = fix.problem?.title ?? m.attention_did_not_work();
  return m.attention_problem({ whom: whom(fix), problem });
}

/** Why, and what one fix does. */
export function textOf(fix: Fix): string {
  const count = fix.mailboxes.length;
  const over = fix.days !== null && fix.days <= 0;
  switch (fix.kind) {
    case 'secret':
    case 'certificate':
      return over ? m.attention_text_secret_over() : m.attention_text_secret({ count });
    case 'google-testing':
      return m.attention_text_testing({ count });
    case 'inactivity':
      return over ? m.attention_text_inactivity_over() : m.attention_text_inactivity();
    case 'sign-in-frequency':
      return m.attention_text_frequency();
    case 'sign-in':
      return fix.problem?.what ?? (count > 1 ? m.attention_text_one_sign_in() : m.attention_text_sign_in());
    case 'password':
      return m.attention_text_password();
    case 'announced':
      return [fix.announcement?.what, ...(fix.announcement?.steps ?? [])].join(' ');
    case 'approval':
      return m.attention_text_approval({ count });
    default:
      return fix.problem?.what ?? m.attention_text_test();
  }
}

/** What the button says. */
export function actionText(fix: Fix): string {
  switch (fix.action) {
    case 'replace-secret':
      return m.attention_do_secret();
    case 'replace-certificate':
      return m.attention_do_certificate();
    case 'open-registration':
      return m.attention_do_registration();
    case 'publish':
      return m.attention_do_publish();
    case 'test':
      return m.attention_do_test({ count: fix.mailboxes.length });
    case 'sign-in':
      return fix.status === 'stopped' ? m.attention_do_sign_in_again() : m.attention_do_sign_in();
    case 'enter-password':
      return m.attention_do_password();
    case 'approve':
      return m.attention_do_approve();
    default:
      return m.attention_do_open();
  }
}

/** The mailboxes by the part before the @, as far as they fit into a line. */
export function mailboxNames(fix: Fix): string {
  const most = 5;
  const names = fix.mailboxes.map(({ address }) => address);
  const domains = new Set(names.map((name) => name.slice(name.lastIndexOf('@'))));
  const short = domains.size === 1 ? names.map((name) => name.slice(0, name.lastIndexOf('@'))) : names;
  if (short.length <= most) return short.join(', ');
  return m.attention_and_more({ names: short.slice(0, most).join(', '), count: short.length - most });
}

/** What a date ahead is about. */
export function dateTitle(fix: Fix): string {
  const name = nameOf(fix);
  switch (fix.kind) {
    case 'secret':
      return m.attention_what_secret({ name });
    case 'certificate':
      return m.attention_what_certificate({ name });
    case 'google-testing':
      return m.attention_what_testing({ name });
    case 'inactivity':
      return m.attention_what_inactivity({ person: personOf(fix) });
    case 'announced':
      return fix.announcement?.title ?? m.attention_announced();
    default:
      return m.attention_what_frequency({ person: personOf(fix) });
  }
}

/** “5 mailboxes, in 28 days” */
export function dateText(fix: Fix): string {
  const mailboxes = m.attention_mailboxes({ count: fix.mailboxes.length });
  const days = fix.days ?? 0;
  if (days < 0) return m.attention_date_over({ mailboxes });
  return days === 0 ? m.attention_date_today({ mailboxes }) : m.attention_date_in({ mailboxes, count: days });
}

export const dayOf = (fix: Fix): string => (fix.on === null ? '' : dayText(fix.on));

/** A key that is the same as long as the fix is. */
export function keyOf(fix: Fix): string {
  const [first] = fix.mailboxes;
  return [
    fix.kind,
    fix.action,
    fix.registration?.id,
    fix.person,
    first?.id,
    fix.problem?.id,
    fix.announcement?.id,
  ].join(' ');
}
