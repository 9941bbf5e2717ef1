import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import type { z } from 'zod';
import { jobId } from '../contract/jobs.ts';
import { isOfJob, type Operation, operationsWith } from '../contract/operations.ts';
import { Problem } from '../contract/problems.ts';
import { planOf } from '../core/plans.ts';
import { answerProblem } from '../http/answer-problem.ts';
import { rateLimit } from '../http/rate-limit.ts';
import { accountHandlers } from './account.ts';
import { agreementHandlers } from './agreements.ts';
import { archiveHandlers } from './archived.ts';
import { baseHandlers } from './bases.ts';
import { assertSigned, billingHandlers } from './billing.ts';
import { allowOrigins } from './cors.ts';
import { dataSetHandlers } from './data-sets.ts';
import { editHandlers } from './edits.ts';
import { featuresOf } from './features.ts';
import { figurePage } from './figure-page.ts';
import { figureHandlers } from './figures.ts';
import { foundingRoutes } from './founding-routes.ts';
import { keyOf, once, requestDigest } from './idempotency.ts';
import { jobHandlers } from './jobs.ts';
import { parseJson, readBody } from './json-body.ts';
import { keyedLock } from './keyed-lock.ts';
import { labHandlers } from './lab.ts';
import { linkHandlers } from './links.ts';
import { modelHandlers } from './models.ts';
import { openApi } from './openapi.ts';
import { peopleHandlers } from './people.ts';
import { pictureHandlers } from './pictures.ts';
import { planHandlers } from './plans.ts';
import { type ApiRequest, checked, type Handlers, type Principal, tokenOf } from './request.ts';
import { resultHandlers } from './results.ts';
import { reviewHandlers } from './reviews.ts';
import type { ApiServices } from './services.ts';
import { type SharedJob, sharedJob, shareHandlers } from './shares.ts';
import { toProblem } from './to-problem.ts';
import { uploadHandlers } from './uploads.ts';

/** What `res.locals` holds of one request. */
interface Locals {
  requestId: string;
  owner?: string;
  error?: unknown;
}

const requestIdForm = /^[\w.-]{8,64}$/;

/** A public link is good for whoever reads it: logs have none. */
const secretPath = /^(\/v1\/links\/).*/s;

/** The HTTP API v1 (core/operations) over the ports. It never touches the bytes of images: those go by signed requests. */
export function createApi(services: ApiServices): Express {
  const lock = keyedLock();
  const handlers: Handlers = {
    ...jobHandlers(services, lock),
    ...archiveHandlers(services),
    ...uploadHandlers(services, lock),
    ...resultHandlers(services),
    ...editHandlers(services, lock),
    ...dataSetHandlers(services, lock),
    ...shareHandlers(services),
    ...linkHandlers(services),
    ...figureHandlers(services),
    ...modelHandlers(services),
    ...accountHandlers(services),
    ...labHandlers(services),
    ...planHandlers(services),
    ...billingHandlers(services),
    ...peopleHandlers(services),
    ...pictureHandlers(services),
    ...reviewHandlers(services),
    ...agreementHandlers(services),
    ...baseHandlers(services),
  };
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag'); // every answer is of now
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.set('query parser', 'simple');

  app.use((req: Request, res: Response<unknown, Locals & Record<string, unknown>>, next: NextFunction) => {
    const given = req.headers['x-request-id'];
    res.locals.requestId = typeof given === 'string' && requestIdForm.test(given) ? given : services.newId();
    res.setHeader('X-Request-Id', res.locals.requestId);
    res.setHeader('Cache-Control', 'no-store');
    if (services.log !== undefined) logWhenSent(req, res, services.log);
    next();
  });
  const nothing = ["'none'"];
  const policy = { useDefaults: false, directives: { 'default-src': nothing, 'frame-ancestors': nothing } };
  app.use(helmet({ contentSecurityPolicy: policy, frameguard: { action: 'deny' } }));
  app.use(allowOrigins(services.origins));

  const features = featuresOf(services);
  let description: string | undefined; // made for the first request: it takes longer than the rest of the app
  app.get('/openapi.json', (_, res) => {
    description ??= JSON.stringify(openApi(services.config.version, features));
    res.type('application/json').send(description);
  });

  const identify = identifier(services);
  const serve = server(services, handlers, identify);
  if (services.pictures !== undefined) app.use(foundingRoutes(services, identify));
  const refuseOthers = (path: string, allowed: readonly string[]) => {
    const allow = [...allowed, ...(allowed.includes('GET') ? ['HEAD'] : [])].join(', ');
    app.all(path, (req) => {
      throw new Problem('methodRefused', { method: req.method, allowed: allow }, { headers: { Allow: allow } });
    });
  };
  // Each path with all of its methods: one with a name in it also fits those that stand before it.
  for (const [path, operations] of Map.groupBy(operationsWith(features), (operation) => operation.path)) {
    const route = path.replaceAll(/\{(\w+)\}/g, ':$1');
    for (const operation of operations) {
      const method = operation.method.toLowerCase() as 'get' | 'post' | 'patch' | 'delete';
      app[method](route, serve(operation));
    }
    refuseOthers(
      route,
      operations.map(({ method }) => method),
    );
  }
  refuseOthers('/openapi.json', ['GET']);
  if (features.has('gallery')) {
    app.get('/gallery/:figure', figurePage(services));
    refuseOthers('/gallery/:figure', ['GET']);
  }
  app.use((req) => {
    throw new Problem('routeUnknown', { path: req.path });
  });

  app.use((error: unknown, req: Request, res: Response, _next: NextFunction) => {
    const problem = toProblem(error);
    if (problem.status >= 500) res.locals.error = error;
    answerProblem(problem, req, res, { instance: req.path, requestId: res.locals.requestId });
  });
  return app;
}

type Identify = (req: Request) => Promise<Principal>;

/** Who asks, and how fast. Throws problems: no token, one that is refused, too many requests. */
function identifier({ identity, plans, ports }: ApiServices): Identify {
  const rates = rateLimit(ports.clock);
  return async (req) => {
    const caller = await identity.verify(tokenOf(req));
    const { name, plan } = planOf(plans, caller.plan);
    const wait = rates.take(caller.sub, plan.rate);
    if (wait > 0) {
      const seconds = String(Math.ceil(wait));
      throw new Problem('tooFast', { seconds }, { headers: { 'Retry-After': seconds } });
    }
    return { caller, owner: caller.sub, planName: name, plan };
  };
}

/** Checks a request against its operation, in the order: who, how fast, what; then lets its handler answer. */
function server(services: ApiServices, handlers: Handlers, identify: Identify) {
  const { answers, ports } = services;

  /** Another owner's job is as missing as one that never was, but to whom it is shared with. */
  const jobOf = async (operation: Operation, id: string, { owner }: Principal): Promise<Partial<SharedJob>> => {
    const isId = jobId.safeParse(id).success;
    const job = isId ? await ports.jobs.get({ owner, id }) : undefined;
    if (job !== undefined) return { job };
    const shared = isId ? await sharedJob(owner, id, services) : undefined;
    if (shared === undefined) throw new Problem('jobMissing', { id });
    if (operation.shared !== true) throw new Problem('jobReadOnly', { by: shared.share.ownerEmail });
    return shared;
  };

  const bodyOf = async (operation: Operation, req: Request): Promise<unknown> => {
    if (operation.body === undefined) return undefined;
    const bytes = await readBody(req);
    if (operation.signed === true) await assertSigned(req.headers, bytes, services);
    const sent = bytes && parseJson(bytes);
    return checked(operation.body, sent ?? (operation.bodyOptional === true ? {} : undefined), 'body');
  };

  /** What is checked before the handler is called, in this order: the first fault is the answer. `key` is of its repeats. */
  const requestOf = async (operation: Operation, req: Request, res: Response) => {
    const who = operation.public === true ? undefined : await identify(req);
    if (who !== undefined) res.locals.owner = who.owner;
    const params = req.params as Record<string, string>;
    if (operation.admin === true && who?.caller.admin !== true)
      throw new Problem('adminsOnly', { what: 'it shows what everybody of the lab uses' });
    const ofJob = isOfJob(operation) && who !== undefined;
    const { job, share } = ofJob ? await jobOf(operation, params.id!, who) : {};
    const query = operation.query === undefined ? undefined : checked(operation.query, req.query, 'query');
    const key = operation.stored === true ? keyOf(req.headers['idempotency-key']) : undefined;
    return { who, params, job, share, query, key, body: await bodyOf(operation, req) };
  };

  return (operation: Operation & { id: keyof Handlers }) =>
    async (req: Request, res: Response): Promise<void> => {
      const { who, key, ...asked } = await requestOf(operation, req, res);
      const repeatable =
        key === undefined ? undefined : requestDigest(who!.owner, key, [operation.method, req.path, asked.body]);

      const handle = handlers[operation.id] as (request: ApiRequest<keyof Handlers>) => Promise<z.infer<z.ZodType>>;
      const work = async () => {
        const answer = await handle({ who, ...asked, repeatable } as ApiRequest<keyof Handlers>);
        if (operation.status === 302) res.setHeader('Location', String(answer));
        return { status: operation.status, body: operation.answer === undefined ? '' : JSON.stringify(answer) };
      };
      if (key === undefined || repeatable === undefined) return send(res, await work());
      const answer = await once(answers, { owner: who!.owner, key, request: repeatable }, work);
      if (answer.replayed) res.setHeader('Idempotency-Replayed', 'true');
      send(res, answer);
    };
}

function send(res: Response, { status, body }: { status: number; body: string }): void {
  res.statusCode = status;
  if (body === '') return void res.end();
  res.setHeader('Content-Type', 'application/json; charset=utf-8');
  res.setHeader('Content-Length', Buffer.byteLength(body));
  res.end(res.req.method === 'HEAD' ? undefined : body);
}

function logWhenSent(req: Request, res: Response, log: NonNullable<ApiServices['log']>): void {
  const started = performance.now();
  const path = req.path.replace(secretPath, '$1…');
  res.once('close', () => {
    const { requestId, owner, error } = res.locals as Locals;
    log({
      requestId,
      method: req.method,
      path,
      status: res.statusCode,
      milliseconds: performance.now() - started,
      ...(owner !== undefined && { owner }),
      ...(error !== undefined && { error }),
    });
  });
}
