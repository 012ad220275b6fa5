/** Whether commands are typed into PowerShell or cmd, which quote otherwise than every other shell. */
export const windows = /win/i.test(navigator.platform) && !/darwin/i.test(navigator.platform);

/**
 * What names a registration in a command, as one word of a shell: its name, quoted where that is needed, or its id
 * where no quoting is safe. In POSIX shells nothing means anything between apostrophes. On Windows cmd and PowerShell
 * have only the double quotes in common, between which each still reads some characters (PowerShell also takes
 * typographic quotes for its own); a name with one of these is not written.
 */
export function named(registration: { id: string; name: string }, onWindows = windows): string {
  const { id, name } = registration;
  const option = name.startsWith('-');
  if (name === '' || option || /\p{Cc}/u.test(name)) return id;
  if (/^[\w.-]+$/.test(name)) return name;
  if (onWindows) return /["“”„`$%^!\\]/.test(name) ? id : `"${name}"`;
  return `'${name.replaceAll("'", String.raw`'\''`)}'`;
}

/** The command that gives a registration another certificate. The files' names are the person's to replace. */
export function certificateCommand(registration: { id: string; name: string }, onWindows = windows): string {
  return `mailwright registration set ${named(registration, onWindows)} --certificate new-certificate.pem`;
}
