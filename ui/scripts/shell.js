// The frame of the first page, drawn when the window is built: index.html shows it while the script is being read, so
// that a person sees the program and not an empty window. `npm run build` renders src/shell.ts first.
import { pathToFileURL } from 'node:url';

const EMPTY = '<div id="app"></div>';
/** What the first page needs besides the first script: how it looks, its own script, and the font of its letters. */
const SOON = [
  { name: /^assets\/window-[\w-]+\.css$/u, rel: 'stylesheet', more: '' },
  { name: /^assets\/window-[\w-]+\.js$/u, rel: 'modulepreload', more: '' },
  {
    name: /^assets\/inter-latin-wght-normal-[\w-]+\.woff2$/u,
    rel: 'preload',
    more: ' as="font" type="font/woff2"',
  },
];

/**
 * Puts the frame that was rendered to a file into the built index.html.
 * @param {string} file
 * @returns {import('vite').Plugin}
 */
export function frameInPage(file) {
  return {
    name: 'mailwright-shell',
    apply: (_config, env) => env.command === 'build' && env.isSsrBuild !== true,
    transformIndexHtml: {
      order: 'post',
      handler: async (page, { bundle = {} }) => {
        // What the components ask of a window while they are drawn: its address, which names the first page.
        Object.assign(globalThis, { location: { hash: '' }, addEventListener: () => undefined });
        /** @type {unknown} */
        const rendered = await import(pathToFileURL(file).href);
        const { shell } = /** @type {{ shell: () => string }} */ (rendered);
        if (!page.includes(EMPTY)) throw new Error(`index.html has no ${EMPTY}`);
        const soon = SOON.map(({ name, rel, more }) => {
          const built = Object.keys(bundle).find((one) => name.test(one));
          if (built === undefined) throw new Error(`nothing was built that is called ${String(name)}`);
          return `    <link rel="${rel}"${more} crossorigin href="/${built}">\n`;
        });
        return page
          .replace('  </head>', () => `${soon.join('')}  </head>`)
          .replace(EMPTY, () => `<div id="app">${shell()}</div>`);
      },
    },
  };
}
