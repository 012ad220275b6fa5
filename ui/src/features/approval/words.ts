import type { ApprovalInfo } from '../../bindings/ApprovalInfo';
import type { Permission } from '../../bindings/Permission';
import { m } from '../../paraglide/messages';
import { longTime } from '../home/words';

const meanings: Record<string, () => string> = {
  send: m.approval_permission_send,
  read: m.approval_permission_read,
  'read-and-send': m.approval_permission_read_and_send,
  'stay-signed-in': m.approval_permission_stay,
  identity: m.approval_permission_identity,
};

/** A permission for a list: its meaning, and its official name without the address of what it is for. */
export interface PermissionLine {
  meaning: string;
  text: string;
  names: string[];
}

/** Permissions in plain words, each once, with the official names that mean it. */
export function permissionLines(permissions: readonly Permission[]): PermissionLine[] {
  const lines: PermissionLine[] = [];
  for (const { meaning, name } of permissions) {
    const short = name.replace(/^https:\/\/[^/]+\/(?=.)/u, '');
    const known = meanings[meaning] !== undefined;
    const line = known ? lines.find((one) => one.meaning === meaning) : undefined;
    if (line) line.names.push(short);
    else lines.push({ meaning, text: meanings[meaning]?.() ?? short, names: [short] });
  }
  return lines;
}

/** The organisation, by its domain or in general. */
export function placeOf(info: ApprovalInfo | null): string {
  return info?.organisation ?? m.approval_organisation();
}

/** The sentence below the heading: who asks for an approval. */
export function askedFor(info: ApprovalInfo | null): string {
  const domain = info?.organisation ?? null;
  return domain === null ? m.approval_lead() : m.approval_lead_of({ domain });
}

/** “today, 14:05, copied” */
export function askedText(info: ApprovalInfo): string {
  if (info.asked_at === null) return m.approval_not_asked();
  const when = longTime(info.asked_at);
  return info.asked_by === 'mail' ? m.approval_asked_mail({ when }) : m.approval_asked_copied({ when });
}
