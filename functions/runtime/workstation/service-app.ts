import express, { type Express, type RequestHandler } from 'express';
import { issuerPath } from '../../adapters/local/issuer/open-issuer.ts';
import type { Ports } from '../../ports/ports.ts';
import { oneHost } from './one-host.ts';

/** Below it objects are read and written by signed addresses. */
export const objectsPath = '/objects';
const apiPaths = /^\/(v1(\/|$)|healthz$|openapi\.json$)/;
/** Pages of cards. */
const cardPaths = /^\/gallery\/./;
/** Of pages that were written for the first picture services. */
const foundingPaths = /^\/(apis\/|agree$)/;

/** What the API answers; everything else is the page's. */
const isOfApi = (path: string, { figures, people }: Pick<Ports, 'figures' | 'people'>): boolean =>
  apiPaths.test(path) ||
  (figures !== undefined && cardPaths.test(path)) ||
  (people !== undefined && foundingPaths.test(path));

/** Everything that one machine answers at its origin. */
export function serviceApp(
  origin: string,
  { objects, issuer, api, page }: Record<'objects' | 'issuer' | 'api' | 'page', RequestHandler>,
  ports: Pick<Ports, 'figures' | 'people'>,
): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(oneHost(origin));
  app.use(objectsPath, objects);
  app.use(issuerPath, issuer);
  app.use((req, res, next) => (isOfApi(req.path, ports) ? api : page)(req, res, next));
  return app;
}
