import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clearMocks, mockIPC } from '@tauri-apps/api/mocks';
import { afterEach, describe, expect, it } from 'vitest';
import { HostError, type Gateway } from './gateway';
import { tauriGateway } from './tauri';
import { twinGateway } from './twin';

const calls = Object.keys(tauriGateway()).sort() as (keyof Gateway)[];

/** Names in the list that the host builds its handlers and permissions from. */
function commandsOfTheHost(): string[] {
  const list = readFileSync(
    join(import.meta.dirname, '../../../src-tauri/src/commands/list.rs'),
    'utf8',
  ).replace(/\/\/.*/g, '');
  return [...list.matchAll(/\w+::(\w+),/g)].map((match) => String(match[1])).sort();
}

afterEach(clearMocks);

describe('the gateway', () => {
  it('has the same calls in the program and in its twin', () => {
    expect(Object.keys(twinGateway()).sort()).toEqual(calls);
  });

  it('calls every command of the host and no other', async () => {
    const called: string[] = [];
    mockIPC((command) => {
      called.push(command);
    });
    // What is sent along does not matter here; the types of the arguments are compared by the compiler.
    const gateway = tauriGateway() as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    for (const call of calls) await gateway[call]?.('a', 'b', () => undefined);
    expect(called.sort()).toEqual(commandsOfTheHost());
  });

  it.each([
    [
      'an error of a command',
      { code: 'not-found', message: 'No such mailbox.' },
      'not-found',
      'No such mailbox.',
    ],
    ['a refusal by Tauri', 'app_info not allowed', 'unknown', 'app_info not allowed'],
    ['an exception', new TypeError('broken'), 'unknown', 'broken'],
  ])('turns %s into a HostError', async (_, reason, code, message) => {
    mockIPC(() => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- Tauri rejects with whatever the host sent
      throw reason;
    });
    const error = await tauriGateway()
      .appInfo()
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(HostError);
    expect(error).toMatchObject({ code, message });
  });
});
