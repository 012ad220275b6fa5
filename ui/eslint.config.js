import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import { defineConfig, globalIgnores } from 'eslint/config';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const onlyGateway = 'Only src/host/tauri.ts talks to the host; take a Gateway as a property.';

export default defineConfig(
  globalIgnores(['dist/', 'src/paraglide/', 'src/bindings/', 'project.inlang/']),
  js.configs.recommended,
  ts.configs.strictTypeChecked,
  ts.configs.stylisticTypeChecked,
  svelte.configs.recommended,
  {
    languageOptions: {
      globals: globals.browser,
      parserOptions: { projectService: true, extraFileExtensions: ['.svelte'] },
    },
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ group: ['@tauri-apps/*'], message: onlyGateway }] }],
      'no-restricted-globals': ['error', 'fetch', 'XMLHttpRequest', 'WebSocket', 'localStorage'],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
    rules: {
      'svelte/no-inline-styles': 'error', // the content security policy refuses them
      'svelte/no-at-html-tags': 'error', // servers' words are text, never markup
      'svelte/button-has-type': 'error',
    },
  },
  { files: ['src/host/tauri.ts', 'src/host/*.test.ts'], rules: { 'no-restricted-imports': 'off' } },
  { files: ['scripts/**', '*.config.js'], languageOptions: { globals: globals.node } },
);
