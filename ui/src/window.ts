import { mount } from 'svelte';
import App from './App.svelte';
import { tauriGateway } from './host/tauri';

/** Puts the window's first page where its frame was. */
export function open(): void {
  const target = document.getElementById('app');
  if (target === null) throw new Error('index.html has no #app');
  target.replaceChildren();
  mount(App, { target, props: { gateway: tauriGateway() } });
}
