import '@fontsource-variable/inter';
import './styles/tokens.css';
import './styles/base.css';

import { mount } from 'svelte';
import App from './App.svelte';
import { tauriGateway } from './host/tauri';

const target = document.getElementById('app');
if (target === null) throw new Error('index.html has no #app');

mount(App, { target, props: { gateway: tauriGateway() } });
