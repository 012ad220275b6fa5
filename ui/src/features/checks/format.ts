import { m } from '../../paraglide/messages';
import { getLocale } from '../../paraglide/runtime';

/** The system's way of writing numbers and times where it speaks the window's language. */
function locale(): string {
  const own = getLocale();
  if (navigator.language.startsWith(own)) return navigator.language;
  return (own as string) === 'en' ? 'en-GB' : own;
}

/** “1 minute 48 seconds”. */
export function inWords(ms: number): string {
  const all = Math.max(1, Math.round(ms / 1000));
  const minutes = Math.floor(all / 60);
  const seconds = all % 60;
  const parts = [
    ...(minutes > 0 ? [m.checks_words_minutes({ count: minutes })] : []),
    ...(seconds > 0 ? [m.checks_words_seconds({ count: seconds })] : []),
  ];
  return parts.join(' ');
}

/** “14:21”. */
export function clock(at: string): string {
  return new Intl.DateTimeFormat(locale(), { timeStyle: 'short' }).format(new Date(at));
}

/** “20 November 2026”. */
export function day(at: string): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'long' }).format(new Date(at));
}

/** “20 November 2026 at 14:20:41 CET”. */
export function moment(at: string): string {
  const format = new Intl.DateTimeFormat(locale(), { dateStyle: 'long', timeStyle: 'long' });
  return format.format(new Date(at));
}

/** “12,480”. */
export function count(number: number): string {
  return new Intl.NumberFormat(locale()).format(number);
}
