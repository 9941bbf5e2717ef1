import type { Renew, Wanted } from './messages.ts';
import type { Tile } from './tile-choice.ts';
import type { FromWorker, QuestionName, Questions, ToWorker } from './worker-messages.ts';

export interface ImageWorkerEvents {
  /** Signs the file of the service once more; undefined: it is not there any more. */
  renew: Renew;
  onTile(version: number, tile: Tile, bitmap: ImageBitmap): void;
  onFailed(version: number, tile: Tile, why: string): void;
  /** All that was wanted is there. */
  onDone(version: number): void;
  /** The worker itself could not be started, or ran into a bug of ours. */
  onBroken(why: string): void;
}

/** The page's side of one worker, which has one image open. */
export interface ImageWorker {
  ask<Name extends QuestionName>(name: Name, take: Questions[Name]['take']): Promise<Questions[Name]['give']>;
  want(wanted: Wanted): void;
  close(): void;
}

let spare: Worker | undefined;

const newWorker = (): Worker =>
  new Worker(new URL('./worker/worker.ts', import.meta.url), { type: 'module', name: 'viewer' });

/** Has a worker ready for the image whose address is still asked for. */
export function prepareImageWorker(): void {
  spare ??= newWorker();
}

export function startImageWorker(events: ImageWorkerEvents): ImageWorker {
  const worker = spare ?? newWorker();
  spare = undefined;
  const waiting = new Map<number, { resolve(give: unknown): void; reject(error: Error): void }>();
  let lastId = 0;
  const post = (message: ToWorker) => worker.postMessage(message);
  const settle = (id: number) => {
    const found = waiting.get(id);
    waiting.delete(id);
    return found;
  };
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    if ('renew' in data) {
      const part = data.renew;
      events.renew(part).then(
        (renewed) => post({ renewed, part }),
        () => post({ renewed: undefined, part }),
      );
    } else if ('tile' in data) {
      if ('bitmap' in data) events.onTile(data.version, data.tile, data.bitmap);
      else events.onFailed(data.version, data.tile, data.failed);
    } else if ('done' in data) events.onDone(data.version);
    else if ('failed' in data) settle(data.id)?.reject(new Error(data.failed));
    else settle(data.id)?.resolve(data.give);
  };
  worker.onerror = ({ message }) => {
    const why = message || 'the part of the page that reads images did not start: reload the page';
    for (const { reject } of waiting.values()) reject(new Error(why));
    waiting.clear();
    events.onBroken(why);
  };
  return {
    ask: (name, take) =>
      new Promise((resolve, reject) => {
        const id = ++lastId;
        waiting.set(id, { resolve: resolve as (give: unknown) => void, reject });
        post({ ask: name, id, take } as ToWorker);
      }),
    want: (want) => post({ want }),
    close: () => worker.terminate(),
  };
}
