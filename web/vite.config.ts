import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const decoding = here('../functions/image/tiff/decode.ts');

/** Parts of Node that OpenJPEG's loader asks for where it runs in Node. */
const askedInNode = ['fs', 'path'];

/** Puts one of our files in the place of decode.ts, which works on threads of Node, and of the parts of Node that the readers name. */
function inPlaceOfNode(substitute: string): Plugin {
  let replaced = false;
  return {
    name: 'in place of node',
    enforce: 'pre',
    resolveId(source, importer) {
      if (source.startsWith('node:') || askedInNode.includes(source)) return substitute;
      if (importer === undefined || !source.startsWith('.')) return undefined;
      if (resolve(dirname(importer), source) !== decoding) return undefined;
      replaced = true;
      return substitute;
    },
    generateBundle() {
      if (!replaced) this.error(`${decoding} is imported by nothing: say here where the decoders are`);
    },
  };
}

/** React's build for users, whoever runs this: a test runner names another, which is slower and a third larger. */
const forUsers: Plugin = {
  name: 'for users',
  apply: 'build',
  config() {
    process.env.NODE_ENV = 'production';
  },
};

/** `npm run build:web` writes dist/web; `npx vite web` serves the sources against a service on port 8080. */
export default defineConfig({
  root: here('.'),
  publicDir: here('public'),
  plugins: [forUsers, inPlaceOfNode(here('image/no-decoding.ts'))], // the page itself reads headers, and no pixels
  worker: { format: 'es', plugins: () => [inPlaceOfNode(here('viewer/browser/node-parts.ts'))] },
  build: {
    outDir: here('../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0, // the policy of the page allows no data: scripts or styles
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      onLog(level, log, tell) {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') tell(level, log); // 'use client' means nothing in a page
      },
    },
  },
  server: { proxy: { '^/(v1|auth|objects|healthz)': 'http://127.0.0.1:8080' } },
});
