import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import type { Folders } from '../../bindings/Folders';
import type { RoleChange } from '../../bindings/RoleChange';
import { HostError, type Gateway } from '../../host/gateway';
import { announced, expectAccessible, renderWith } from '../../test-render';
import { address, folders } from '../setup/fixtures';
import '../setup/patience';
import FolderRoles from './FolderRoles.svelte';

const chosen: Folders = {
  ...folders,
  roles: { ...folders.roles, archive: { mode: 'chosen', name: 'Archief', missing: null } },
  folders: folders.folders.map((one) => (one.raw === 'Archief' ? { ...one, role: 'archive' } : one)),
};

function show(ask: Gateway['folders']) {
  return renderWith(FolderRoles, { which: 'box-1', address }, { folders: ask });
}

const list = (role: string) => screen.getByRole('combobox', { name: `Folder for ${role}` });

async function choose(role: string, option: string): Promise<void> {
  await fireEvent.click(list(role));
  await fireEvent.click(await screen.findByRole('option', { name: new RegExp(`^${option}`) }));
}

describe('the folders of a mailbox', () => {
  it('shows every role, with counts, and which folder is gone', async () => {
    const { container } = show(() => Promise.resolve(folders));
    await screen.findByRole('table');
    expect(list('Sent')).toHaveTextContent('Automatic (Verzonden items)');
    expect(screen.getByText('4,211')).toBeInTheDocument();
    expect(screen.getByText(/“Archief 2024” no longer exists/)).toBeInTheDocument();
    await expectAccessible(container);
  });

  it('saves a choice at once and says so', async () => {
    const ask = vi.fn((_: string, changes: RoleChange[]) =>
      Promise.resolve(changes.length === 0 ? folders : chosen),
    );
    show(ask);
    await screen.findByRole('table');
    await choose('Archive', 'Archief 9,034');
    expect(ask).toHaveBeenLastCalledWith('box-1', [{ choice: 'folder', role: 'archive', raw: 'Archief' }]);
    await waitFor(() => {
      expect(announced()).toContain('Saved. Archive: Archief');
    });
    expect(list('Archive')).toHaveTextContent('Archief');
    expect(screen.queryByText(/no longer exists/)).toBeNull();
  });

  it('shows what is saved when a choice was refused', async () => {
    const { container } = show((_, changes) =>
      changes.length === 0
        ? Promise.resolve(folders)
        : Promise.reject(new HostError('unreachable', 'The server did not answer. Nothing was changed.')),
    );
    await screen.findByRole('table');
    await choose('Sent', 'Klanten');
    await screen.findByText('This choice was not saved');
    expect(list('Sent')).toHaveTextContent('Automatic (Verzonden items)');
    await expectAccessible(container);
  });

  it('goes back to automatic, and reads again', async () => {
    const ask = vi.fn(() => Promise.resolve(folders));
    show(ask);
    await screen.findByRole('table');
    await fireEvent.click(screen.getByRole('button', { name: 'Reset to automatic' }));
    expect(ask).toHaveBeenLastCalledWith('box-1', [
      { choice: 'automatic', role: 'junk' },
      { choice: 'automatic', role: 'archive' },
    ]);
    await fireEvent.click(screen.getByRole('button', { name: 'Reload folders' }));
    await waitFor(() => {
      expect(ask).toHaveBeenLastCalledWith('box-1', []);
    });
    await waitFor(() => {
      expect(announced()).toContain('The folders were read again.');
    });
  });

  it('says why they could not be read, and tries again', async () => {
    let answer: Promise<Folders> = Promise.reject(new HostError('unreachable', 'The server did not answer.'));
    const { container } = show(() => answer);
    await screen.findByText('The folders could not be read');
    await expectAccessible(container);
    answer = Promise.resolve(folders);
    await fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await screen.findByRole('table');
  });
});
