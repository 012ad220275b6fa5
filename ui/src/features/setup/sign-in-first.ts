/** Set-ups in which somebody wants to sign in before giving an address; they come back to that page. */
const wanted = new Set<string>();

export function wantsSignInFirst(id: string | null, wants: boolean): void {
  if (id === null) return;
  if (wants) wanted.add(id);
  else wanted.delete(id);
}

export function signsInFirst(id: string | null): boolean {
  return id !== null && wanted.has(id);
}
