import { m } from '../../paraglide/messages';
import { count } from '../checks/format';

const names: Record<string, () => string> = {
  program: m.support_part_program,
  computer: m.support_part_computer,
  mailboxes: m.support_part_mailboxes,
  registrations: m.support_part_registrations,
  reports: m.support_part_reports,
  transcripts: m.support_part_transcripts,
};

/** A part of the file in plain words; one that this version does not know keeps its key. */
export function partName(part: string): string {
  return names[part]?.() ?? part;
}

/** “6 kB”; below one kilobyte the bytes. */
export function size(bytes: number): string {
  if (bytes < 1000) return m.support_bytes({ bytes: count(bytes) });
  return m.support_kilobytes({ kilobytes: count(Math.round(bytes / 1000)) });
}

/** One part as it stands in the file, or all of the file. */
export function partText(file: string, part: string | undefined): string {
  if (part === undefined) return file;
  const document = JSON.parse(file) as Record<string, unknown>;
  return JSON.stringify(document[part], null, 2);
}
