/** The tabs of the page of one mailbox. */
export const mailboxTabs = ['overview', 'sign-in', 'sending', 'receiving', 'folders'] as const;

export type MailboxTab = (typeof mailboxTabs)[number];

/** What an app registration proves itself by: parts of its page that other pages lead to. */
export const registrationParts = ['secret', 'certificate'] as const;

export type RegistrationPart = (typeof registrationParts)[number];

/** Every page of the window. `null` is one that does not exist yet. */
export type Route =
  | { page: 'mailboxes' }
  | { page: 'mailbox'; id: string; tab: MailboxTab }
  | { page: 'setup'; id: string | null }
  | { page: 'attention' }
  | { page: 'registrations' }
  | { page: 'registration'; id: string | null; part?: RegistrationPart }
  | { page: 'organisation'; id: string }
  | { page: 'explain' };

export type Page = Route['page'];

/** The address of a page, for links. */
export function hrefOf(route: Route): string {
  const parts: string[] = [route.page];
  if ('id' in route && route.id !== null) parts.push(encodeURIComponent(route.id));
  if ('tab' in route) parts.push(route.tab);
  if ('part' in route && parts.length === 2) parts.push(route.part);
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
    case 'attention':
    case 'registrations':
    case 'explain':
      return { page };
    default:
      return { page: 'mailboxes' };
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
