/** The tabs of the page of one mailbox. */
export const mailboxTabs = ['overview', 'sign-in', 'sending', 'receiving', 'folders'] as const;

export type MailboxTab = (typeof mailboxTabs)[number];

/** What an app registration proves itself by: parts of its page that other pages lead to. */
export const registrationParts = ['secret', 'certificate'] as const;

export type RegistrationPart = (typeof registrationParts)[number];

/** What a support package is about: everything, one mailbox, or one failed test by its error ID. */
export type SupportAbout =
  { kind: 'all' } | { kind: 'mailbox'; mailbox: string } | { kind: 'error'; error: string };

/** Every page of the window. `null` is one that does not exist yet. */
export type Route =
  | { page: 'mailboxes' }
  | { page: 'mailbox'; id: string; tab: MailboxTab }
  | { page: 'setup'; id: string | null }
  | { page: 'attention' }
  | { page: 'registrations' }
  | { page: 'registration'; id: string | null; part?: RegistrationPart }
  | { page: 'organisation'; id: string }
  | { page: 'explain' }
  | { page: 'computer' }
  | { page: 'support'; about: SupportAbout };

export type Page = Route['page'];

/** The address of a page, for links. */
export function hrefOf(route: Route): string {
  const parts: string[] = [route.page];
  if ('id' in route && route.id !== null) parts.push(encodeURIComponent(route.id));
  if ('tab' in route) parts.push(route.tab);
  if ('part' in route && parts.length === 2) parts.push(route.part);
  if ('about' in route && route.about.kind !== 'all') {
    const { about } = route;
    parts.push(about.kind, encodeURIComponent(about.kind === 'mailbox' ? about.mailbox : about.error));
  }
  return `#/${parts.join('/')}`;
}

/** The page that an address names; the mailboxes when it names none. */
export function routeOf(hash: string): Route {
  const [page, given, place] = hash.replace(/^#\//, '').split('/').map(decoded);
  const id = given === undefined || given === '' ? null : given;
  switch (page) {
    case 'mailbox':
      if (id === null) return { page: 'mailboxes' };
      return { page, id, tab: mailboxTabs.find((known) => known === place) ?? 'overview' };
    case 'registration': {
      const part = id === null ? undefined : registrationParts.find((known) => known === place);
      return part === undefined ? { page, id } : { page, id, part };
    }
    case 'organisation':
      return id === null ? { page: 'registrations' } : { page, id };
    case 'setup':
      return { page, id };
    case 'support':
      return { page, about: aboutOf(given, place) };
    case 'attention':
    case 'registrations':
    case 'explain':
    case 'computer':
      return { page };
    default:
      return { page: 'mailboxes' };
  }
}

function aboutOf(kind: string | undefined, which: string | undefined): SupportAbout {
  if (which === undefined || which === '') return { kind: 'all' };
  if (kind === 'mailbox') return { kind, mailbox: which };
  return kind === 'error' ? { kind, error: which } : { kind: 'all' };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
