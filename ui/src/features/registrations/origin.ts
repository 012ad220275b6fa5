import { routeOf, type Route } from '../../routes';
import { router } from '../../router.svelte';

let before: Route | undefined;

addEventListener('hashchange', (event) => {
  before = event.oldURL === '' ? undefined : routeOf(new URL(event.oldURL).hash);
});

/** The page that the present one was opened from. */
export function cameFrom(): Route | undefined {
  return before;
}

/** Back to a set-up or mailbox that asked for a registration, else to the list. */
export function goBack(from: Route | undefined): void {
  const asked = from?.page === 'setup' || from?.page === 'mailbox';
  router.go(asked ? from : { page: 'registrations' });
}
