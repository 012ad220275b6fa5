import type { Permission } from '../../bindings/Permission';
import { m } from '../../paraglide/messages';

/** Whose page it is, inside a sentence. */
export function ownerOf(provider: string): string {
  if (provider === 'microsoft') return m.sign_in_owner_microsoft();
  return provider === 'google' ? m.sign_in_owner_google() : m.sign_in_owner_other();
}

/** The same at the start of a sentence. */
export function ownerAtStart(provider: string): string {
  return atStart(ownerOf(provider));
}

/** Words as they stand at the start of a sentence. */
export function atStart(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What the mailbox is at, as a name. */
export function providerName(provider: string | null): string {
  if (provider === 'microsoft') return m.sign_in_provider_microsoft();
  return provider === 'google' ? m.sign_in_provider_google() : m.sign_in_provider_custom();
}

const meanings: Record<string, () => string> = {
  send: m.sign_in_permission_send,
  read: m.sign_in_permission_read,
  'read-and-send': m.sign_in_permission_read_and_send,
  'stay-signed-in': m.sign_in_permission_stay,
  identity: m.sign_in_permission_identity,
};

/** Permissions in plain words, each once; those without a plain word by their official name. */
export function permissionWords(permissions: readonly Permission[]): string[] {
  const words = permissions.map(({ meaning, name }) => meanings[meaning]?.() ?? name);
  return [...new Set(words)];
}

/** “send mail, read mail, stay signed in” */
export function permissionList(permissions: readonly Permission[]): string {
  return permissionWords(permissions).join(', ');
}

const parts: Record<string, () => string> = {
  keychain: m.sign_in_part_keychain,
  browser: m.sign_in_part_browser,
  'return-address': m.sign_in_part_return_address,
};

/** One thing that a sign-in needs of this computer. */
export function readyPart(id: string): string {
  return parts[id]?.() ?? id;
}

/** What a page of this provider may show when it does not go on; `asks` is the page's own words for the first. */
export function pageAnswers(provider: string): { approval: string; asks: string; code: string } {
  if (provider === 'microsoft') {
    const approval = m.sign_in_page_approval_microsoft();
    return { approval, asks: 'Need admin approval', code: m.sign_in_page_code_microsoft() };
  }
  if (provider === 'google') {
    const approval = m.sign_in_page_approval_google();
    return { approval, asks: 'admin_policy_enforced', code: m.sign_in_page_code_google() };
  }
  return {
    approval: m.sign_in_page_approval_other(),
    asks: 'access_denied',
    code: m.sign_in_page_code_other(),
  };
}
