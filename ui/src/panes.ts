const focusable =
  'a[href], button:not(:disabled), input:not(:disabled), select, textarea, summary, [tabindex="0"]';

/** Moves the focus to the next part of the window: side column, body, foot. Frames mark them with `data-pane`. */
export function nextPane(direction: 1 | -1 = 1): void {
  const panes = [...document.querySelectorAll<HTMLElement>('[data-pane]')];
  if (panes.length === 0) return;
  const present = panes.findIndex((pane) => pane.contains(document.activeElement));
  const next = panes[(Math.max(present, direction === 1 ? -1 : 0) + direction + panes.length) % panes.length];
  const current = next?.querySelector<HTMLElement>('[aria-current]:is(a, button)');
  (current ?? next?.querySelector<HTMLElement>(focusable) ?? next)?.focus();
}
