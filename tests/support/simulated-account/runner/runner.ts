import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { temporaryFolder } from '../../temporary-folder.ts';
import { until } from '../../until.ts';
import type { Authoriser } from '../authoriser/authoriser.ts';
import { type Clients, clientsFor } from '../clients.ts';
import type { Moto } from '../moto.ts';
import { apiFront, type Handler } from './api-front.ts';
import { type DeployedFunction, deployedFunction, type Invocation } from './deployed-function.ts';
import { type Batch, type EventSource, startEventSource } from './event-source.ts';
import { fireRules, type ServiceEvent } from './events.ts';
import { pageFront } from './page-front.ts';
import { fireSchedules } from './schedule.ts';

export interface Front {
  url: string;
  /** Until then it answers 503. */
  serve(handler: Handler): void;
  close(): Promise<void>;
}

/** A place for the page on loopback, known before there is a page: its origin is part of what is deployed. */
export async function openFront(): Promise<Front> {
  let handle: Handler = async (_request, response) => {
    response.writeHead(503).end();
  };
  const server: Server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.writeHead(502, { 'content-type': 'text/plain' });
      response.end((error as Error).stack);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve(handler) {
      handle = handler;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface RunnerArgs {
  moto: Moto;
  authoriser: Authoriser;
  front: Front;
  /** Of the distribution that serves the page. */
  distributionId: string;
  /** Of its HTTP API, by its host name. */
  apis: ReadonlyMap<string, string>;
  /** Hosts of AWS, and where they are in the simulated account. */
  origins: ReadonlyMap<string, string>;
}

export interface Runner extends AsyncDisposable {
  function(name: string): Promise<DeployedFunction>;
  /** Batches since the start, in the order of their ends. */
  readonly batches: readonly Batch[];
  /** What Lambda itself was refused. */
  readonly troubles: readonly unknown[];
  /** ms by which scheduled functions, and the front's check of tokens, believe it to be later than it is. */
  later: number;
  /** Calls of one function at a time. */
  concurrency: number;
  /** By a function's name: ms that its next calls believe to have left, in turn, instead of its timeout. */
  readonly remainingMs: Map<string, number[]>;
  /** By a function's name: ms since 1970 at which its clock stands, while it is here. */
  readonly clocks: Map<string, number>;
  /** Starts what schedules start, or one stage of it, and waits for it. */
  tick(stage?: string): Promise<Invocation[]>;
  /** Tells EventBridge of something, and waits for what its rules start. */
  announce(event: ServiceEvent): Promise<Invocation[]>;
  /** Lets the visibility time of messages that failed be over, in all queues. */
  timeOut(): Promise<void>;
  /** Asks until there is an answer that is not undefined; fails after so many seconds, with the batches so far. */
  until<T>(what: string, ask: () => Promise<T | undefined>, seconds?: number): Promise<T>;
  /** Takes no more messages; resumes with `start`. */
  pause(): Promise<void>;
  start(): Promise<void>;
}

/** Plays what moto does not: Lambda with its event sources, schedules, the HTTP API's front and the distribution, from what is deployed. */
export async function startRunner(args: RunnerArgs): Promise<Runner> {
  const { moto, authoriser, front, distributionId, origins } = args;
  const clients: Clients = clientsFor(moto.url);
  const folder = await temporaryFolder();
  const functions = new Map<string, Promise<DeployedFunction>>();
  const batches: Batch[] = [];
  const troubles: unknown[] = [];
  let sources: EventSource[] = [];

  const host = {
    ...{ clients, authoriser, origins },
    folder: folder.path,
    remainingMs: (name: string) => runner.remainingMs.get(name)?.shift(),
    clock: (name: string) => runner.clocks.get(name),
  };
  const functionOf = (nameOrArn: string): Promise<DeployedFunction> => {
    const name = nameOrArn.split(':').at(nameOrArn.startsWith('arn:') ? 6 : 0)!;
    const known = functions.get(name) ?? deployedFunction(name, host);
    functions.set(name, known);
    return known;
  };
  const invoke = async (functionArn: string, event: unknown) => (await functionOf(functionArn)).invoke(event);

  /** Without an answer that anybody waits for: what failed goes to the function's dead letters. */
  const invokeAsync = async (functionArn: string, event: unknown): Promise<Invocation> => {
    const fn = await functionOf(functionArn);
    const result = await fn.invoke(event, runner.later);
    if (runner.later > 0) fn.kill(); // its clients have set their clocks by the answers of AWS
    const dead = fn.configuration.DeadLetterConfig?.TargetArn;
    if ('error' in result && dead !== undefined) {
      const { sqs } = clientsFor(authoriser.url, fn.credentials);
      const QueueUrl = `${authoriser.url}/${dead.split(':').slice(4).join('/')}`;
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(event) }));
    }
    return result;
  };

  const runner: Runner = {
    function: functionOf,
    batches,
    troubles,
    later: 0,
    concurrency: 2,
    remainingMs: new Map(),
    clocks: new Map(),
    tick: (stage) => fireSchedules({ motoUrl: moto.url, authoriser, invoke: invokeAsync }, stage),
    announce: (event) => fireRules(event, { motoUrl: moto.url, authoriser, invoke: invokeAsync }),
    async timeOut() {
      for (const source of sources) await source.timeOut();
    },
    until: (what, ask, seconds = 60) =>
      until(what, ask, {
        seconds,
        state: () => `${JSON.stringify(batches.slice(-10), null, 2)}\n${troubles.join('\n')}`,
      }),
    async start() {
      const { EventSourceMappings = [] } = await clients.lambda.send(new ListEventSourceMappingsCommand({}));
      sources = await Promise.all(
        EventSourceMappings.map(async (mapping) =>
          startEventSource({
            mapping,
            fn: await functionOf(mapping.FunctionArn!),
            clients,
            url: authoriser.url,
            concurrency: () => runner.concurrency,
            onBatch: (batch) => batches.push(batch),
            onTrouble: (error) => troubles.push(error),
          }),
        ),
      );
    },
    async pause() {
      await Promise.all(sources.map((source) => source[Symbol.asyncDispose]()));
      sources = [];
    },
    async [Symbol.asyncDispose]() {
      await runner.pause();
      await front.close();
      for (const fn of functions.values()) await (await fn)[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
  const now = () => Date.now() + runner.later;
  const apis = new Map<string, Handler>();
  for (const [host, id] of args.apis)
    apis.set(host, await apiFront(id, { motoUrl: moto.url, authoriser, now, invoke }));
  front.serve(await pageFront(distributionId, { motoUrl: moto.url, clients, authoriser, apis, origins }));
  await runner.start();
  return runner;
}
