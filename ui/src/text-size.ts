const steps = [50, 67, 75, 80, 90, 100, 110, 125, 150, 175, 200];

let at = steps.indexOf(100);

/** Makes all text and controls larger or smaller, or as they were; says the new size in percent. */
export function changeTextSize(direction: 1 | -1 | 0): number {
  at = direction === 0 ? steps.indexOf(100) : Math.max(0, Math.min(steps.length - 1, at + direction));
  const percent = steps[at] ?? 100;
  document.documentElement.style.setProperty('--text-scale', String(percent / 100));
  return percent;
}
