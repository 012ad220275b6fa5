// Every module is given the texts that it names, instead of all of them: a bundler keeps what one import names in one
// script, and so the first page would carry the texts of every other page.
import { readFile, readdir } from 'node:fs/promises';
import { resolve } from 'node:path';

const TEXTS = /(?:^|\/)paraglide\/messages$/u;
const OWN = '\0texts:';
/** What `import { m }` is: the namespace of the texts that follow it. */
const NAMES = '\0names:';
/** Both are scripts, whatever the module is that they are for. */
const SCRIPT = '.js';

/**
 * Replaces the catalogue by the part of it that the importing module names as `m.some_text`.
 * @param {string} folder where the texts were compiled to, a file for each
 * @returns {import('vite').Plugin}
 */
export function textsByModule(folder) {
  /** @type {Set<string>} */
  let known = new Set();
  return {
    name: 'mailwright-texts',
    apply: 'build',
    enforce: 'pre',
    buildStart: async () => {
      known = new Set((await readdir(folder)).map((file) => file.replace(/\.js$/u, '')));
    },
    resolveId: (what, by) => {
      if (what.startsWith(NAMES)) return what;
      return by !== undefined && TEXTS.test(what) ? `${OWN}${by}${SCRIPT}` : undefined;
    },
    load: async (id) => {
      if (id.startsWith(OWN)) return `export * as m from ${JSON.stringify(NAMES + id.slice(OWN.length))};`;
      if (!id.startsWith(NAMES)) return undefined;
      const source = await readFile(id.slice(NAMES.length, -SCRIPT.length).replace(/\?.*$/u, ''), 'utf8');
      const named = new Set([...source.matchAll(/\bm\s*\.\s*(\w+)/gu)].map(([, name = '']) => name));
      return [...named]
        .filter((name) => known.has(name))
        .map((name) => `export { ${name} } from ${JSON.stringify(resolve(folder, `${name}.js`))};\n`)
        .join('');
    },
  };
}
