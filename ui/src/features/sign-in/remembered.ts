/** Where somebody signed in with another account: the choice of accounts is asked until the window closes. */
const asked = new Set<string>();

export function askAccount(key: string): void {
  asked.add(key);
}

export function accountIsAsked(key: string): boolean {
  return asked.has(key);
}

/** For tests: as if the window were new. */
export function forgetAsked(): void {
  asked.clear();
}
