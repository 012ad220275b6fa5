import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import { drawnIcons } from './scripts/icons.js';
import { frameInPage } from './scripts/shell.js';
import { textsByModule } from './scripts/texts.js';

// The oldest web views the window opens in: WebKitGTK 2.40, WKWebView of macOS 13, WebView2.
const targets = ['safari16', 'chrome111'];

// Compiles messages/ again whenever a text changes. Tests take what `npm run messages` compiled: the watcher of
// this plugin would keep them from ending. The compiler stays at 2.9.1: newer ones need a native library that is
// not published for every system.
const texts = paraglideVitePlugin({
  project: './project.inlang',
  outdir: './src/paraglide',
  strategy: ['baseLocale'],
});

// Where `npm run build` leaves the frame of the first page for scripts/shell.js.
const SHELL = 'node_modules/.shell';

export default defineConfig(({ mode }) => ({
  plugins: [
    mode !== 'test' && texts,
    textsByModule(resolve('src/paraglide/messages')),
    drawnIcons(),
    svelte(),
    svelteTesting(),
    frameInPage(resolve(SHELL, 'shell.js')),
  ],
  clearScreen: false,
  server: { port: 5173, strictPort: true },
  css: { transformer: 'lightningcss' }, // lowers light-dark() for web views that lack it
  build: {
    target: targets,
    cssTarget: targets,
    assetsInlineLimit: 0, // fonts as files: the content security policy allows no data: fonts
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.ts'],
    setupFiles: ['./src/test-setup.ts'],
    restoreMocks: true,
    maxWorkers: '100%', // one for each core: by itself it leaves one core alone, and build servers have few
  },
}));
