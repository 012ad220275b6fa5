import { tick } from 'svelte';

/**
 * Brings a part of the page into view that another page led to, with the focus on its field or, where it has none, on
 * itself: its name is read out then. It comes after the page's title, which takes the focus with every visit.
 */
export const arrival = (here: boolean) => (part: HTMLElement) => {
  if (!here) return;
  void tick().then(() => {
    const field = part.querySelector<HTMLElement>('input');
    const section = part.querySelector<HTMLElement>('section');
    section?.setAttribute('tabindex', '-1');
    (field ?? section)?.focus({ preventScroll: true });
    // jsdom does not scroll
    (part as Partial<HTMLElement>).scrollIntoView?.({ block: 'start' });
  });
};
