/** What the fields have in common. */
export interface FieldProps {
  label: string;
  note?: string | undefined;
  noteKind?: 'plain' | 'ok' | 'warn' | undefined;
  error?: string | undefined;
  labelHidden?: boolean | undefined;
  /** The label stands left of the field where there is room. */
  inline?: boolean | undefined;
}

/** The id of what describes a field: its error, else its note. */
export function describedBy(
  id: string,
  { note, error }: Pick<FieldProps, 'note' | 'error'>,
): string | undefined {
  if (error !== undefined) return `${id}-error`;
  return note === undefined ? undefined : `${id}-note`;
}
