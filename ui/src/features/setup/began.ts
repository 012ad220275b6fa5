/** When each set-up was begun, or gone on with, in this window. */
const times = new Map<string, number>();

export function began(id: string): void {
  if (!times.has(id)) times.set(id, Date.now());
}

/** How long ago it was begun here, in milliseconds. */
export function sinceBegan(id: string): number | null {
  const at = times.get(id);
  return at === undefined ? null : Date.now() - at;
}
