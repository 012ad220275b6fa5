import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clouds } from './features/registrations/fields';
import { appPage, entraOrigin, googlePages, registerPage } from './portals';

const id = '11111111-2222-3333-4444-555555555555';

describe('the pages of the portals', () => {
  it('are where the host has the admin center of each cloud', () => {
    const file = resolve('../src-tauri/crates/oauth/profiles/microsoft.toml');
    const entries = readFileSync(file, 'utf8').matchAll(/^cloud = "(.+)"$[^[]*?^portal = "(.*)"$/gm);
    const known = new Map([...entries].map(([, cloud, portal]) => [cloud, portal]));
    expect([...known.keys()].sort()).toEqual([...clouds].sort());
    for (const cloud of clouds) expect(entraOrigin(cloud) ?? '', cloud).toBe(known.get(cloud));
  });

  it('lead to the app where its client ID is known, and to the list of apps otherwise', () => {
    expect(appPage('global', 'secrets', ` ${id} `)).toBe(
      `https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Credentials/appId/${id}`,
    );
    for (const other of ['', 'x', `${id}/../elsewhere`]) {
      expect(appPage('china', 'overview', other)).toBe(
        'https://entra.microsoftonline.cn/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade',
      );
    }
    expect([appPage('custom', 'overview', id), registerPage('custom')]).toEqual([undefined, undefined]);
  });

  it('are pages of the web alone, which the host opens', () => {
    for (const page of [...Object.values(googlePages), registerPage('gcc-high') ?? '']) {
      expect(new URL(page).protocol).toBe('https:');
    }
  });
});
