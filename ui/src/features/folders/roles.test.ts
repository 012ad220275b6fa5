import { describe, expect, it } from 'vitest';
import { folders } from '../setup/fixtures';
import { changeOf, resetOf, rowsOf, toChoose } from './roles';

const row = (role: string) => {
  const found = rowsOf(folders).find((one) => one.role === role);
  if (found === undefined) throw new Error(role);
  return found;
};

describe('the roles of folders', () => {
  it('says how each was found', () => {
    expect(rowsOf(folders).map(({ role, found }) => [role, found])).toEqual([
      ['inbox', 'Always the Inbox'],
      ['sent', 'Marked by the server'],
      ['drafts', 'Marked by the server'],
      ['trash', 'By its name'],
      ['junk', 'Chosen by you'],
      ['archive', 'Gone. Choose another.'],
    ]);
  });

  it('names the folder that “Automatic” means', () => {
    expect(row('sent').options[0]).toMatchObject({
      value: 'automatic',
      label: 'Automatic (Verzonden items)',
    });
  });

  it('shows a folder that is gone as chosen', () => {
    const archive = row('archive');
    expect(archive.missing).toBe('Archief 2024');
    expect(archive.options.find(({ value }) => value === archive.value)?.label).toBe('Archief 2024');
    expect(toChoose(folders)).toBe(1);
  });

  it('never leaves receiving without an Inbox, and never offers to create a folder', () => {
    expect(row('inbox').options.some(({ value }) => value === 'none')).toBe(false);
    expect(
      row('junk')
        .options.map(({ label }) => label)
        .join(),
    ).not.toContain('Create');
  });

  it('turns a choice into a change', () => {
    expect(changeOf('junk', 'automatic')).toEqual({ choice: 'automatic', role: 'junk' });
    expect(changeOf('junk', 'none')).toEqual({ choice: 'none', role: 'junk' });
    expect(changeOf('junk', 'folder:Spam/2')).toEqual({ choice: 'folder', role: 'junk', raw: 'Spam/2' });
    expect(changeOf('junk', 'missing:Spam')).toBeNull();
    expect(resetOf(folders)).toEqual([
      { choice: 'automatic', role: 'junk' },
      { choice: 'automatic', role: 'archive' },
    ]);
  });
});
