// Compares the catalogues in messages/ with each other and with their use: every locale has every message with
// the same placeholders, and every message is used. A message that is used but missing fails the type check.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';

const root = join(import.meta.dirname, '..');
const base = 'en';

/** @param {string} locale @returns {Map<string, string>} */
function catalogue(locale) {
  const text = readFileSync(join(root, 'messages', `${locale}.json`), 'utf8');
  /** @type {unknown} */
  const entries = JSON.parse(text);
  return new Map(
    Object.entries(/** @type {Record<string, unknown>} */ (entries))
      .filter(([key]) => key !== '$schema')
      .map(([key, value]) => [key, JSON.stringify(value)]),
  );
}

/** @param {string} text */
const placeholders = (text) => [...new Set(text.match(/\{\w+\}/g))].sort().join(' ');

/** @type {string[]} */
const problems = [];
const expected = catalogue(base);
const locales = readdirSync(join(root, 'messages')).map((file) => basename(file, '.json'));

for (const locale of locales.filter((name) => name !== base)) {
  const actual = catalogue(locale);
  for (const [key, text] of expected) {
    const other = actual.get(key);
    if (other === undefined) problems.push(`${locale}: ${key} is missing`);
    else if (placeholders(other) !== placeholders(text))
      problems.push(`${locale}: ${key} has other placeholders than ${base}`);
  }
  for (const key of actual.keys()) {
    if (!expected.has(key)) problems.push(`${locale}: ${key} does not exist in ${base}`);
  }
}

const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(svelte|ts)$/.test(file) && !file.startsWith('paraglide'))
  .map((file) => readFileSync(join(root, 'src', file), 'utf8'))
  .join('\n');
for (const key of expected.keys()) {
  if (!new RegExp(`\\bm\\.${key}\\b`).test(sources)) problems.push(`${base}: ${key} is not used`);
}

for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
