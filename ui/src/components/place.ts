const margin = 8;

/**
 * Puts something that floats (`position: fixed`) beside its anchor: below or above it, on the other side where there
 * is no room, and never outside the window. Assigning single properties is what the content security policy allows.
 */
export function place(
  floating: HTMLElement,
  anchor: HTMLElement,
  { side, align, gap = 6 }: { side: 'below' | 'above'; align: 'start' | 'end' | 'centre'; gap?: number },
): void {
  const at = anchor.getBoundingClientRect();
  const { width, height } = floating.getBoundingClientRect();
  const below = at.bottom + gap;
  const above = at.top - gap - height;
  const fitsBelow = below + height <= innerHeight - margin;
  const fitsAbove = above >= margin;
  const top = side === 'below' ? (fitsBelow || !fitsAbove ? below : above) : fitsAbove ? above : below;
  const wanted = { start: at.left, end: at.right - width, centre: at.left + (at.width - width) / 2 }[align];
  const left = Math.max(margin, Math.min(wanted, innerWidth - margin - width));
  floating.style.top = `${String(Math.max(margin, Math.min(top, innerHeight - margin - height)))}px`;
  floating.style.left = `${String(left)}px`;
}
