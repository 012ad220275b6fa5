import type { FolderInfo } from '../../bindings/FolderInfo';
import type { Folders } from '../../bindings/Folders';
import type { RoleChange } from '../../bindings/RoleChange';
import type { RoleInfo } from '../../bindings/RoleInfo';
import { m } from '../../paraglide/messages';
import { count } from '../checks/format';

export const roles = ['inbox', 'sent', 'drafts', 'trash', 'junk', 'archive'] as const;
export type Role = (typeof roles)[number];

/** One row of the table: a role, the folder it has, and why. */
export interface RoleRow {
  role: Role;
  label: string;
  /** What is selected: a `Choice`. */
  value: string;
  options: { value: string; label: string; detail?: string; indent?: number; divider?: boolean }[];
  messages: string;
  found: string;
  /** The chosen folder that does not exist any more. */
  missing: string | null;
}

const automatic = 'automatic';
const none = 'none';
const folderPrefix = 'folder:';
const missingPrefix = 'missing:';

const labels: Record<Role, () => string> = {
  inbox: m.folders_inbox,
  sent: m.folders_sent,
  drafts: m.folders_drafts,
  trash: m.folders_trash,
  junk: m.folders_junk,
  archive: m.folders_archive,
};

export function roleLabel(role: Role): string {
  return labels[role]();
}

/** The table's rows. */
export function rowsOf({ folders, roles: given }: Folders): RoleRow[] {
  return roles.map((role) => {
    const info = given[role] ?? { mode: automatic, name: null, missing: null };
    const folder = folders.find((own) => own.role === role);
    return {
      role,
      label: roleLabel(role),
      value: valueOf(info, folder),
      options: optionsOf(role, info, folders),
      messages: folder?.messages == null ? '–' : count(folder.messages),
      found: foundText(role, info, folder),
      missing: info.missing,
    };
  });
}

function valueOf(info: RoleInfo, folder: FolderInfo | undefined): string {
  if (info.missing !== null) return missingPrefix + info.missing;
  if (info.mode === 'chosen' && folder) return folderPrefix + folder.raw;
  return info.mode === none ? none : automatic;
}

function optionsOf(role: Role, info: RoleInfo, folders: readonly FolderInfo[]): RoleRow['options'] {
  const name = info.mode === automatic ? info.name : (folders.find((f) => f.marked === role)?.name ?? null);
  const own = folders.filter((folder) => folder.selectable).sort((a, b) => compare(a.name, b.name));
  const listed = own.map((folder, index) => ({
    value: folderPrefix + folder.raw,
    label: folder.name,
    ...(folder.messages === null ? {} : { detail: count(folder.messages) }),
    divider: index === 0,
  }));
  return [
    {
      value: automatic,
      label: name === null ? m.folders_automatic() : m.folders_automatic_name({ name }),
      ...(name === null && info.mode === automatic ? { detail: m.folders_none_found() } : {}),
    },
    ...(info.missing === null ? [] : [{ value: missingPrefix + info.missing, label: info.missing }]),
    ...listed,
    ...(role === 'inbox' ? [] : [{ value: none, label: m.folders_none(), divider: true }]),
  ];
}

function compare(a: string, b: string): number {
  return a.localeCompare(b, undefined, { sensitivity: 'base', numeric: true });
}

function foundText(role: Role, info: RoleInfo, folder: FolderInfo | undefined): string {
  if (info.missing !== null) return m.folders_gone();
  if (info.mode !== automatic) return m.folders_by_you();
  if (role === 'inbox') return m.folders_always_inbox();
  if (folder === undefined) return m.folders_not_found();
  return folder.marked === role ? m.folders_by_server() : m.folders_by_name();
}

/** The change that a selection means; null where it changes nothing. */
export function changeOf(role: Role, value: string): RoleChange | null {
  if (value === automatic) return { choice: 'automatic', role };
  if (value === none) return { choice: 'none', role };
  if (value.startsWith(folderPrefix)) {
    return { choice: 'folder', role, raw: value.slice(folderPrefix.length) };
  }
  return null;
}

/** Every role that is not automatic, back to automatic. */
export function resetOf({ roles: given }: Folders): RoleChange[] {
  return roles
    .filter((role) => (given[role]?.mode ?? automatic) !== automatic)
    .map((role) => ({ choice: 'automatic', role }));
}

/** How many roles wait for a choice: their folder is gone. */
export function toChoose({ roles: given }: Folders): number {
  return roles.filter((role) => (given[role]?.missing ?? null) !== null).length;
}
