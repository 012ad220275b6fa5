// Icons as fixed drawings. The library's components put an icon together from data while the window runs: an effect for
// each line of each icon, so many before the first page is whole that the web view begins to optimise for them, which
// costs it 10 MB. Here an icon is one element whose lines stand in the script.
import { readFile } from 'node:fs/promises';

const ICON = /\/@lucide\/svelte\/dist\/icons\/[\w-]+\.svelte$/u;
const DATA = /^const iconData = (\{.*\});$/mu;
const IMPORTED = /import (\w+) from '@lucide\/svelte\/icons\//gu;
/** What a drawn icon can be given. It stands beside words and is hidden from assistive technology. */
const GIVEN = /^(?:class|strokeWidth|aria-hidden="true")(?:[=\s]|$)/u;

/** @typedef {{ name: string, size: number, aliases?: string[], node: [string, Record<string, string>][] }} IconData */

/**
 * Compiles the icons of `@lucide/svelte` from their data, for the built window alone.
 * @returns {import('vite').Plugin}
 */
export function drawnIcons() {
  return {
    name: 'mailwright-icons',
    apply: 'build',
    enforce: 'pre',
    load: {
      filter: { id: ICON },
      handler: async (id) => {
        const data = DATA.exec(await readFile(id, 'utf8'))?.[1];
        if (data === undefined) throw new Error(`${id} holds no icon that can be read`);
        /** @type {unknown} */
        const icon = JSON.parse(data);
        return component(/** @type {IconData} */ (icon));
      },
    },
    transform: {
      filter: { id: { include: /\.svelte$/u, exclude: ICON } },
      handler: (source, id) => {
        for (const [, icon = ''] of source.matchAll(IMPORTED)) {
          for (const use of source.matchAll(new RegExp(`<${icon}\\b([^>]*)>`, 'gu'))) onlyGiven(id, use);
        }
      },
    },
  };
}

/**
 * @param {string} file
 * @param {readonly string[]} use an icon's element, and its attributes
 */
function onlyGiven(file, [element = '', attributes = '']) {
  const unknown = attributes
    .replace(/\/$/u, '')
    .split(/\s+(?=[\w-]+(?:=|\s|$))/u)
    .map((one) => one.trim())
    .find((one) => one !== '' && !GIVEN.test(one));
  if (unknown !== undefined) throw new Error(`${file}: ${element} gives an icon “${unknown}”`);
}

/**
 * @param {IconData} icon
 * @returns {string} the source of a Svelte component
 */
function component({ name, size, aliases = [], node }) {
  const names = ['lucide', ...[name, ...aliases].map((one) => `lucide-${one}`), 'lucide-icon'];
  const box = String(size);
  const lines = node.map(([tag, attributes]) => `<${tag} ${written(attributes)} />`).join('');
  return `<script>
  let { class: own = '', strokeWidth = 2 } = $props();
</script>

<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 ${box} ${box}" fill="none"
  stroke="currentColor" stroke-width={strokeWidth} stroke-linecap="round" stroke-linejoin="round"
  aria-hidden="true" class={['${names.join(' ')}', own]}>${lines}</svg>
`;
}

/** @param {Record<string, string>} attributes */
function written(attributes) {
  return Object.entries(attributes)
    .map(([name, value]) => `${name}="${value}"`)
    .join(' ');
}
