import type { RegistrationSaved } from '../../bindings/RegistrationSaved';

/**
 * What the host found out while a registration was saved. Its page is left with saving, so the page that is gone back
 * to shows it, until somebody has read it or another registration is saved.
 */
let saved: RegistrationSaved | undefined = $state.raw();

export const savedNotes = {
  get last(): RegistrationSaved | undefined {
    return saved;
  },

  keep(registration: RegistrationSaved): void {
    saved = registration.notes.length > 0 ? registration : undefined;
  },

  read(): void {
    saved = undefined;
  },
};
