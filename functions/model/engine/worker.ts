import { parentPort, workerData } from 'node:worker_threads';
import { Failure } from '../../core/errors.ts';
import { segmentPlane } from '../instances/segment.ts';
import { measureChannel } from '../measure/channel.ts';
import { collect } from './collect-garbage.ts';
import { openHttpSession } from './http-session.ts';
import { finishPlane, predictTile, preparePlane } from './predict-plane.ts';
import { openSession, type Session } from './session.ts';
import type { Greeting, Order, Refusal, Reply, Request, WorkerSetup } from './tasks.ts';

/** One thread of the engine: an ONNX session of its own, and whatever else of a plane is heavy. */
const port = parentPort!;
const setup = workerData as WorkerSetup;
const { description } = setup;

async function perform(request: Request, session: Session): Promise<unknown> {
  switch (request.kind) {
    case 'prepare':
      return preparePlane(request.task, description);
    case 'tile':
      return predictTile(request.task, request.prepared, request.at, description, session);
    case 'finish':
      return finishPlane(request.task, description);
    case 'plane':
      await predictTile(request.task, preparePlane(request.task, description), request.at, description, session);
      return finishPlane(request.task, description);
    case 'segment':
      return segmentPlane(request, description.settings.instances);
    case 'measure':
      return measureChannel(request);
  }
}

/** Without an address a container is asked by whoever has this thread: nothing of the network comes here. */
async function sessionOf(): Promise<Session> {
  if (description.settings.container === undefined) return openSession(setup);
  if (setup.url !== undefined) return openHttpSession(description, setup.url);
  const refuse = (): never => {
    throw new Error('the network of this model does not run here');
  };
  return { input: refuse, run: refuse, release: async () => {} };
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Failure && /^model/.test(error.code))
    return { code: error.code as 'modelFailed', detail: error.advice.why };
  return { bug: error instanceof Error ? error : new Error(String(error)) };
}

try {
  const session = await sessionOf();
  let last: Promise<void> = Promise.resolve();
  port.on('message', (request: Request | Order) => {
    // One after the other: the session's buffers hold one tile.
    last = last.then(async () => {
      if (request === 'collect') return collect();
      let reply: Reply;
      try {
        reply = { id: request.id, value: await perform(request, session) };
      } catch (error) {
        reply = { id: request.id, refusal: refusalOf(error) };
      }
      port.postMessage(reply);
    });
  });
  port.postMessage({ ready: true } satisfies Greeting);
} catch (error) {
  port.postMessage({ refusal: refusalOf(error) } satisfies Greeting);
}
