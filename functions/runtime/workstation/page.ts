import { existsSync } from 'node:fs';
import { join } from 'node:path';
import compression from 'compression';
import express, { type Express } from 'express';
import helmet from 'helmet';
import { pagePolicy } from '../../stack/page-csp.ts';

/** Vite's output: names of files below `assets/` hold a hash of their contents. */
const hashedFor = '365d';

/** A page that is not built is answered with what to do. */
export const isPageBuilt = (folder: string): boolean => existsSync(join(folder, 'index.html'));

/**
 * Serves the built page: its files, and its index for every other path, since the page knows its own routes. `folder`:
 * undefined where it is not built.
 */
export function servePage(folder: string | undefined): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: pagePolicy(),
      },
      strictTransportSecurity: false, // a machine may serve plain HTTP on loopback
    }),
  );
  app.use(compression()); // CloudFront does it for a page on AWS
  if (folder === undefined) {
    app.use((_req, res) => {
      res.status(503).type('text/plain').send('The web page is not built: npm run build:web. The API is at /v1.\n');
    });
    return app;
  }
  const index = join(folder, 'index.html');
  app.use(
    '/assets',
    express.static(join(folder, 'assets'), { immutable: true, maxAge: hashedFor, fallthrough: false }),
  );
  app.use(express.static(folder, { index: false, maxAge: 0 }));
  app.get('/*path', (_req, res) => void res.set('Cache-Control', 'no-cache').sendFile(index));
  app.get('/', (_req, res) => void res.set('Cache-Control', 'no-cache').sendFile(index));
  return app;
}
