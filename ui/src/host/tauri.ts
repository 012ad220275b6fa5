import { invoke } from '@tauri-apps/api/core';
import { HostError, type AppInfo, type Gateway } from './gateway';

async function call<Answer>(command: string, args: Record<string, unknown> = {}): Promise<Answer> {
  try {
    return await invoke<Answer>(command, args);
  } catch (reason) {
    throw HostError.from(reason);
  }
}

/** The gateway of the running program. */
export function tauriGateway(): Gateway {
  return {
    appInfo: () => call<AppInfo>('app_info'),
  };
}
