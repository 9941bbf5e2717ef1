import { readFile } from 'node:fs/promises';
import type { RequestListener, Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { availableParallelism, hostname } from 'node:os';
import { join, resolve } from 'node:path';
import type { Gallery } from '../../functions/core/features.ts';
import { guarded, httpServer, serverOptions } from '../../functions/http/server.ts';
import { holdFolder } from '../../functions/runtime/hold-folder.ts';
import { openService, type Service, type ServiceOptions } from '../../functions/runtime/workstation/open-service.ts';
import { isPageBuilt } from '../../functions/runtime/workstation/page.ts';
import { keepPrivate } from '../../functions/runtime/workstation/private-files.ts';
import { packageRoot } from '../../functions/stack/package-root.ts';
import { packModel } from '../client/packed-model.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';
import { type ArchiveOptions, archiveOf } from '../local/archive-options.ts';
import { type NoticeOptions, noticesOf } from '../local/notice-options.ts';
import { type PeopleOptions, peopleOf } from '../local/people-options.ts';
import { institutionsOf, type SignInOptions } from '../local/sign-in-options.ts';
import { type TeachingOptions, teachingOf } from '../local/teaching-options.ts';
import { openBrowser } from '../open-browser.ts';
import { findModel } from '../run/find-model.ts';
import { memoryLimit } from '../run/memory-limit.ts';

export interface LocalOptions extends NoticeOptions, SignInOptions, PeopleOptions, ArchiveOptions, TeachingOptions {
  data: string;
  port: number;
  address: string;
  url?: string;
  publicLinks?: boolean;
  containers?: boolean;
  gallery: Gallery;
  signUp: 'invite' | 'open';
  signUpDomains?: string;
  model: string[];
  workers?: number;
  keepDays?: number;
  /** Bytes. */
  diskBudget?: number;
  keepFree: number;
  tlsCert?: string;
  tlsKey?: string;
  open: boolean;
}

const loopback = /^(127\.|localhost$|::1$)/;
/** Requests in progress get so long to end when the service stops. */
const graceMs = 10_000;

/** Where `npm run build:web` puts the page. */
const pageFolder = join(packageRoot, 'dist/web');

/** Serves until Ctrl-C or a stop signal; then finishes or gives back what is in progress. */
export async function local(options: LocalOptions, context: CommandContext): Promise<void> {
  const { io, signal, cwd, version, interactive } = context;
  const { address, users = false } = options;
  if (!loopback.test(address) && !users) throw new UserError('usersNeeded', { address });
  const signInWith = await institutionsOf(options, context);
  const dataFolder = resolve(cwd, options.data);
  const unlock = await hold(dataFolder);
  try {
    await keepPrivate(dataFolder);
    const noticeSetup = await noticesOf(options, dataFolder, context);
    const people = await peopleOf(options, cwd);
    let service: Service | undefined;
    const server = await createWebServer(options, cwd, (req, res) => {
      if (service !== undefined) return void service.app(req, res);
      res.writeHead(503, { 'Retry-After': '1' }).end();
    });
    const port = await listen(server, options);
    try {
      const origin = originOf(options, port);
      if (origin.startsWith('http:') && !loopback.test(address)) io.emit('local.unencrypted', { origin });
      const workers = options.workers ?? availableParallelism();
      service = await openService({
        dataFolder,
        origin,
        page: builtPage(io),
        models: options.model.map((model) => findModel(model, cwd)),
        users,
        ...(options.keepDays !== undefined && { keepDays: options.keepDays }),
        ...archiveOf(options, context),
        ...(options.diskBudget !== undefined && { diskBudget: options.diskBudget }),
        keepFree: options.keepFree,
        signUp: signUpOf(options),
        signInWith,
        noticeSetup,
        publicLinks: options.publicLinks === true,
        ...people,
        ...teachingOf(options, context.env, { base: findModel(options.model[0]!, cwd), pack: packModel }),
        containers: options.containers === true,
        gallery: options.gallery,
        workers,
        memoryLimit: memoryLimit(workers),
        version,
        onTrouble: ({ stage, attempt, error }) =>
          io.emit('local.trouble', { stage, attempt, message: error instanceof Error ? error.message : String(error) }),
      });
      const { links } = service;
      io.emit('local.ready', {
        url: links.standing ?? origin,
        origin,
        dataFolder,
        workers,
        ...(links.firstAdmin !== undefined && { firstAdmin: links.firstAdmin }),
      });
      if (options.open && interactive) openBrowser(links.once ?? links.firstAdmin ?? origin);
      await Promise.race([
        service.ended,
        new Promise((stopped) => signal.addEventListener('abort', stopped, { once: true })),
      ]);
      io.emit('local.stopping', {});
    } finally {
      await close(server);
      await service?.[Symbol.asyncDispose]();
    }
  } finally {
    unlock();
  }
}

/** A page that is not built is said before anybody is sent to it. */
function builtPage(io: CommandContext['io']): string | undefined {
  if (isPageBuilt(pageFolder)) return pageFolder;
  io.emit('local.noPage', {});
  return undefined;
}

/** What browsers use: as stated, else made of the address, or of this machine's name where it listens on all. */
function originOf({ url, address, tlsCert }: LocalOptions, port: number): string {
  if (url !== undefined) {
    if (!URL.canParse(url)) throw new UserError('usage', { detail: `'${url}' is no address`, command: 'local' });
    return new URL(url).origin;
  }
  const everywhere = address === '0.0.0.0' || address === '::';
  const host = everywhere ? hostname() : loopback.test(address) ? '127.0.0.1' : address;
  return `${tlsCert === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function hold(dataFolder: string): Promise<() => void> {
  try {
    const unlock = await holdFolder(dataFolder, { mode: 0o700 });
    if (unlock === undefined) throw new UserError('dataInUse', { folder: dataFolder });
    return unlock;
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError('dataUnwritable', { folder: dataFolder, detail: (error as Error).message }, { cause: error });
  }
}

function signUpOf({ signUp, signUpDomains }: LocalOptions): NonNullable<ServiceOptions['signUp']> {
  if (signUpDomains !== undefined)
    return { kind: 'domains', domains: signUpDomains.split(',').map((domain) => domain.trim()) };
  return { kind: signUp };
}

async function createWebServer(
  { tlsCert, tlsKey }: LocalOptions,
  cwd: string,
  listener: RequestListener,
): Promise<Server> {
  if (tlsCert === undefined && tlsKey === undefined) return httpServer(listener);
  if (tlsCert === undefined || tlsKey === undefined)
    throw new UserError('usage', { detail: '--tls-cert and --tls-key belong together', command: 'local' });
  try {
    const [cert, key] = await Promise.all([readFile(resolve(cwd, tlsCert)), readFile(resolve(cwd, tlsKey))]);
    return guarded(createTlsServer({ ...serverOptions, cert, key }, listener));
  } catch (error) {
    throw new UserError(
      'tlsUnusable',
      { cert: tlsCert, key: tlsKey, detail: (error as Error).message },
      { cause: error },
    );
  }
}

async function listen(server: Server, { port, address }: LocalOptions): Promise<number> {
  await new Promise<void>((listening, failed) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'another program listens there' : error.message;
      failed(new UserError('portTaken', { port, address, detail: why }, { cause: error }));
    });
    server.listen(port, address, listening);
  });
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const late = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(late);
}
