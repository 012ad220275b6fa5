import { hrefOf, routeOf, type Route } from './routes';

export {
  hrefOf,
  type MailboxTab,
  type Page,
  type RegistrationPart,
  type Route,
  type SupportAbout,
} from './routes';

let route: Route = $state.raw(routeOf(location.hash));
let visits = $state(0);

addEventListener('hashchange', () => {
  const next = routeOf(location.hash);
  if (hrefOf(next) === hrefOf(route)) return;
  route = next;
  visits++;
});

/** Which page is shown. The address after `#` names it, so links are links and the web view keeps the history. */
export const router = {
  get route(): Route {
    return route;
  },

  /** How often somebody went to another page; frames give their title the focus when it grows. */
  get visits(): number {
    return visits;
  },

  /** Goes to a page. With `replace` the present one cannot be gone back to, as when a new thing got its id. */
  go(to: Route, { replace = false }: { replace?: boolean } = {}): void {
    const href = hrefOf(to);
    if (replace) {
      history.replaceState(null, '', href);
      route = to;
      return;
    }
    location.hash = href;
  },

  back(): void {
    history.back();
  },
};
