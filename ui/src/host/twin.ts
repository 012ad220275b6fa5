import type { Gateway } from './gateway';

/** A gateway in memory, for tests: answers like a fresh installation; any call can be replaced. */
export function twinGateway(replaced: Partial<Gateway> = {}): Gateway {
  return {
    appInfo: () => Promise.resolve({ name: 'Mailwright', version: '0.0.0-test' }),
    ...replaced,
  };
}
