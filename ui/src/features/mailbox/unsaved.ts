import type { Gateway, MailboxChange, Protocol } from '../../host/gateway';

/** A host that tests these settings, and only these protocols, whatever is saved. */
export function withUnsaved(gateway: Gateway, change: MailboxChange, only: readonly Protocol[]): Gateway {
  const choice = { only, change };
  return {
    ...gateway,
    plan: (which) => gateway.plan(which, choice),
    test: (which, event) => gateway.test(which, event, choice),
  };
}
