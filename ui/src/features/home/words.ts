import { m } from '../../paraglide/messages';
import { getLocale } from '../../paraglide/runtime';

/** The provider in plain words. */
export function providerText(provider: string): string {
  if (provider === 'microsoft') return m.home_provider_microsoft();
  if (provider === 'google') return m.home_provider_google();
  return m.home_provider_own();
}

/** The system's way of writing dates where it speaks the window's language. */
function locale(): string {
  const own: string = getLocale();
  if (navigator.language.startsWith(own)) return navigator.language;
  return own === 'en' ? 'en-GB' : own;
}

/** A formatter that is made when it is first needed: each reads tables of the system, and the start needs none. */
function format(options: Intl.DateTimeFormatOptions): (at: Date) => string {
  let made: Intl.DateTimeFormat | undefined;
  return (at) => (made ??= new Intl.DateTimeFormat(locale(), options)).format(at);
}

const time = format({ hour: '2-digit', minute: '2-digit' });
const day = format({ day: 'numeric', month: 'short' });
const date = format({ dateStyle: 'medium' });
const dateAndTime = format({ dateStyle: 'medium', timeStyle: 'short' });
const whole = format({
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});

/** For a cell: the time of today, the day of this year, else the date. */
export function shortTime(moment: string, now = new Date()): string {
  const at = new Date(moment);
  if (at.toDateString() === now.toDateString()) return time(at);
  return at.getFullYear() === now.getFullYear() ? day(at) : date(at);
}

/** For a line of facts: “today, 13:58” or the date with the time. */
export function longTime(moment: string, now = new Date()): string {
  const at = new Date(moment);
  if (at.toDateString() === now.toDateString()) return m.home_today({ time: time(at) });
  return dateAndTime(at);
}

/** For a tooltip: everything, with the zone. */
export function zonedTime(moment: string): string {
  return whole(new Date(moment));
}

/** A day without a time, such as the end of a secret (`YYYY-MM-DD`). */
export function dayText(text: string): string {
  return date(new Date(`${text}T00:00:00`));
}
