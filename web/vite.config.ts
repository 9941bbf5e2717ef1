import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** `npm run build:web` writes dist/web; `npx vite web` serves the sources against a service on port 8080. */
export default defineConfig({
  root: here('.'),
  publicDir: here('public'),
  // The page reads headers of TIFF files with the readers of the stages, and none of their pixels.
  resolve: { alias: [{ find: /^(\.\/decode\.ts|node:\w+)$/, replacement: here('image/no-decoding.ts') }] },
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
