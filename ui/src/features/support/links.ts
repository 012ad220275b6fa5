import { router, type SupportAbout } from '../../router.svelte';

/** To the page that puts a support package together. */
export function toSupport(about: SupportAbout): void {
  router.go({ page: 'support', about });
}
