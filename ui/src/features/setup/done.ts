import type { ReportInfo } from '../../bindings/ReportInfo';
import { m } from '../../paraglide/messages';
import { keyOf, readingOf, reported, sendingOf, type Proven } from '../checks/ladder';

/** What the mailbox can be used for after its checks; null where nothing works. */
export function wayOn(sending: Proven, reading: Proven): 'both' | 'sending' | 'reading' | null {
  if (sending === 'works' && reading === 'works') return 'both';
  if (sending === 'works') return 'sending';
  return reading === 'works' ? 'reading' : null;
}

/** One thing that was proven, or was not. */
export interface Proof {
  text: string;
  proven: boolean;
}

/** What the last test says about the mailbox, in sentences. */
export function proofsOf(report: ReportInfo | null, address: string): Proof[] {
  if (report === null) return [];
  const rows = reported([], report);
  const passed = (protocol: string | null, id: string) =>
    rows.find((row) => row.key === keyOf(protocol, id))?.state;
  const sending = sendingOf(rows);
  const reading = readingOf(rows);
  const proofs: Proof[] = [];
  if (sending === 'works') {
    proofs.push({ text: sends(report, address), proven: true });
  } else if (sending !== 'off') {
    proofs.push({ text: m.done_sends_not({ address }), proven: false });
  }
  if (reading === 'works') {
    proofs.push({ text: m.done_reads({ address }), proven: true });
    if (passed('imap', 'folders') === 'passed') proofs.push({ text: m.done_folders(), proven: true });
  } else if (reading !== 'off') {
    proofs.push({ text: m.done_reads_not({ address }), proven: false });
  }
  const renewed = passed(null, 'renew');
  if (renewed === 'passed') proofs.push({ text: m.done_renewed(), proven: true });
  if (renewed === 'failed') proofs.push({ text: m.done_renewed_not(), proven: false });
  return proofs;
}

/** How far sending is proven. */
function sends({ proof }: ReportInfo, address: string): string {
  if (proof === 'arrived') return m.done_sends_arrived({ address });
  if (proof === 'message') return m.done_sends_message({ address });
  return proof === 'envelope' ? m.done_sends_envelope({ address }) : m.done_sends_login({ address });
}

/** What works, as a heading, and what does not yet. */
export function workingTitle(
  way: 'both' | 'sending' | 'reading',
  sending: Proven,
  reading: Proven,
  address: string,
): string {
  if (way === 'both') return m.done_title_both({ address });
  if (way === 'sending') {
    return reading === 'off' ? m.done_title_sending({ address }) : m.done_title_not_reading({ address });
  }
  return sending === 'off' ? m.done_title_reading({ address }) : m.done_title_not_sending({ address });
}

/** The heading of the last page. */
export function doneTitle(report: ReportInfo | null, address: string): string {
  if (report === null) return m.done_title_untested({ address });
  const rows = reported([], report);
  const sending = sendingOf(rows);
  const reading = readingOf(rows);
  const way = wayOn(sending, reading);
  return way === null ? m.done_title_failed({ address }) : workingTitle(way, sending, reading, address);
}
