import type { Permission } from '../../bindings/Permission';
import { m } from '../../paraglide/messages';

/** A granted permission: what it allows, and its official name. */
export interface PermissionLine {
  text: string;
  name: string;
}

const texts: Record<string, () => string> = {
  send: () => m.mailbox_may_send(),
  read: () => m.mailbox_may_read(),
  'read-and-send': () => m.mailbox_may_read_and_send(),
  'stay-signed-in': () => m.mailbox_may_stay(),
  identity: () => m.mailbox_may_identity(),
};

/** A provider may grant a permission by its short name or with the address of its service before it. */
const same = (granted: string, name: string) => {
  const [a, b] = [granted.toLowerCase(), name.toLowerCase()];
  return a === b || a.endsWith(`/${b}`) || b.endsWith(`/${a}`);
};

/** The granted permissions in plain words; `known` are those the provider was asked for. */
export function permissionLines(granted: readonly string[], known: readonly Permission[]): PermissionLine[] {
  return granted.map((name) => {
    const meaning = known.find((permission) => same(name, permission.name))?.meaning ?? '';
    return { text: (texts[meaning] ?? m.mailbox_may_other)(), name };
  });
}
