import { getContext, setContext } from 'svelte';
import type { Gateway } from './host/gateway';

/** The key that the gateway is kept under; tests use it to give a component a twin. */
export const gatewayKey = Symbol('gateway');

/** Gives every component below this one the gateway. `App.svelte` calls it once. */
export function setGateway(gateway: Gateway): void {
  setContext(gatewayKey, gateway);
}

/** The gateway, while a component is being set up. */
export function getGateway(): Gateway {
  const gateway: Gateway | undefined = getContext(gatewayKey);
  if (gateway === undefined) throw new Error('no gateway above this component');
  return gateway;
}
