import { type MessagePort, parentPort } from 'node:worker_threads';
import { sourceOf } from '../../image/file-source.ts';
import type { Beside, Image } from '../../image/image.ts';
import { inspectFile } from '../../image/inspect.ts';
import { openImage } from '../../image/tiff/image.ts';
import {
  errorOf,
  type Greeting,
  type Reply,
  type Request,
  refusalOf,
  type SiblingAnswer,
  type SiblingClosed,
  type SiblingQuestion,
  type Tasks,
} from './reading-tasks.ts';

/*
 * The program of a reading thread: it reads what strangers sent, so that what that costs has a limit and nobody waits.
 * What few threads need is loaded where it is used.
 */

const port: MessagePort = parentPort!;
const questions = new Map<number, (answer: SiblingAnswer) => void>();
let lastQuestion = 0;
let image: Image | undefined;

function besideOf({ name, siblings }: Tasks['image']['ask']['beside']): Beside {
  return { ...(name !== undefined && { name }), ...(siblings && { sibling: askSibling }) };
}

/** Files beside the image are opened by the main thread, which knows where they are. */
const askSibling: NonNullable<Beside['sibling']> = async (name) => {
  const sibling = ++lastQuestion;
  const answer = await new Promise<SiblingAnswer>((resolve) => {
    questions.set(sibling, resolve);
    port.postMessage({ sibling, name } satisfies SiblingQuestion);
  });
  questions.delete(sibling);
  if ('refusal' in answer) throw errorOf(answer.refusal);
  if (answer.source === undefined) return undefined;
  return {
    ...sourceOf(answer.source),
    [Symbol.asyncDispose]: async () => port.postMessage({ closed: sibling } satisfies SiblingClosed),
  };
};

async function perform(request: Request): Promise<unknown> {
  switch (request.kind) {
    case 'image': {
      image = undefined;
      image = await openImage(sourceOf(request.source), { ...request.options, ...besideOf(request.beside) });
      const { info, readBytes, notes, noPixelSize } = image;
      return {
        info,
        ...(readBytes !== undefined && { readBytes }),
        ...(noPixelSize !== undefined && { noPixelSize }),
        ...(notes !== undefined && { notes }),
      } satisfies Tasks['image']['answer'];
    }
    case 'plane':
      return image!.readPlane(request.index);
    case 'inspect':
      return inspectFile(sourceOf(request.source), { ...request.options, ...besideOf(request.beside) });
    case 'zip':
      return (await import('../../archive/zip-directory.ts')).readZipDirectory(
        sourceOf(request.source),
        request.limits,
      );
    case 'model': {
      const { openModel } = await import('../../model/package/package.ts');
      const { read: _, ...model } = await openModel(request.path); // a function goes to no other thread
      return model satisfies Tasks['model']['answer'];
    }
  }
}

async function answerTo(request: Request): Promise<void> {
  const { id } = request;
  try {
    port.postMessage({ id, value: await perform(request) } satisfies Reply);
  } catch (error) {
    port.postMessage({ id, refusal: refusalOf(error) } satisfies Reply);
  }
}

port.on('message', (message: Request | SiblingAnswer) => {
  if ('sibling' in message) questions.get(message.sibling)?.(message);
  else void answerTo(message);
});
port.postMessage({ ready: true } satisfies Greeting);
