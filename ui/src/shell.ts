import { render } from 'svelte/server';
import Shell from './Shell.svelte';

/** The frame of the first page as HTML. `scripts/shell.js` puts it into index.html when the window is built. */
export const shell = (): string => render(Shell).body;
