import { untrack } from 'svelte';

/** What a toast says, and what it lets people take back. */
export interface Toast {
  text: string;
  action?: { label: string; run: () => void } | undefined;
  /** It went without its action: nobody can take it back any more. */
  gone?: (() => void) | undefined;
}

interface Shown extends Toast {
  id: number;
}

/** How long a toast stays; not while it is pointed at or has the focus. */
export const toastStays = 8000;

let next = 0;
let list: Shown[] = $state([]);

function take(id: number): Shown | undefined {
  const toast = list.find((shown) => shown.id === id);
  list = list.filter((shown) => shown.id !== id);
  return toast;
}

/** Short notes about what was done, with a way to undo it. Never for errors: those stay on the page. */
export const toasts = {
  get list(): readonly Shown[] {
    return list;
  },

  show(toast: Toast): number {
    const id = next++;
    list = [...untrack(() => list), { ...toast, id }]; // an effect that shows one does not run again for it
    return id;
  },

  act(id: number): void {
    take(id)?.action?.run();
  },

  dismiss(id: number): void {
    take(id)?.gone?.();
  },
};
