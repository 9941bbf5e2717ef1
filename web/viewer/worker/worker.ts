import { Failure } from '../../../functions/core/errors.ts';
import type { RemoteFile, Renew, SignedPart, Wanted } from '../messages.ts';
import type { FromWorker, QuestionName, Questions, ToWorker } from '../worker-messages.ts';
import { growAt } from './grow.ts';
import { openViewed, type ViewedImage } from './viewed-image.ts';

/*
 * Reads, decodes and paints one image or label image, so that the page never waits for it. A few tiles are made at a time, the
 * next ones reading while one is painted, and what is not wanted any more when its turn comes is not made.
 */

/** Tiles that are made at a time. */
const mostAtOnce = 3;

const post = (message: FromWorker, transfer: Transferable[] = []): void => self.postMessage(message, { transfer });

let image: ViewedImage | undefined;
let wanted: Wanted | undefined;
let painting = 0;
const renewals: Record<SignedPart, ((file: RemoteFile | undefined) => void)[]> = { image: [], foreground: [] };

const inWords = (error: unknown): string =>
  error instanceof Failure || error instanceof Error ? error.message : String(error);

const renew: Renew = (part) =>
  new Promise((resolve) => {
    renewals[part].push(resolve);
    if (renewals[part].length === 1) post({ renew: part });
  });

const opened = (): ViewedImage => {
  if (image === undefined) throw new Error('no image is open');
  return image;
};

const answers: { [Name in QuestionName]: (take: Questions[Name]['take']) => Promise<Questions[Name]['give']> } = {
  async open(file) {
    image = await openViewed(file, renew);
    return image.opened;
  },
  find: ({ plane, choices }) => opened().find(plane, choices),
  describe: ({ plane, source }) => opened().describe(plane, source),
  correct: ({ plane, stored, own }) => opened().correct(plane, { stored, own }),
  act: async (gesture) => opened().act(gesture),
  restore: ({ until, since }) => opened().restore(until, since),
  openImport: async (file) => void (await opened().openImport(file)),
  importPlane: () => opened().importPlane(),
  receive: async (operations) => opened().receive(operations),
  uncorrect: async () => opened().uncorrect(),
  propose: (wanted) => opened().propose(wanted),
  nextUncertain: (asked) => opened().nextUncertain(asked),
  grow: (wanted) => growAt(opened().image, wanted),
  pixel: ({ plane, sources, x, y }) => Promise.all(sources.map((source) => opened().pixel(plane, source, x, y))),
};

async function answer(id: number, name: QuestionName, take: unknown): Promise<void> {
  try {
    const give = await (answers[name] as (take: unknown) => Promise<unknown>)(take);
    post({ id, give });
  } catch (error) {
    post({ id, failed: inWords(error) });
  }
}

/** Lets messages in that came meanwhile. */
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });

/** Makes one tile after the other, beside others that do, until none is wanted. */
async function paintInTurn(): Promise<void> {
  painting++;
  for (let tile = wanted?.tiles.shift(); tile !== undefined; tile = wanted?.tiles.shift()) {
    const { version, plane, paint } = wanted!;
    try {
      const bitmap = await opened().paint(tile, plane, paint);
      post({ version, tile, bitmap }, [bitmap]);
    } catch (error) {
      post({ version, tile, failed: inWords(error) });
    }
    await turn();
  }
  painting--;
  if (painting > 0 || wanted === undefined) return;
  post({ version: wanted.version, done: true });
  wanted = undefined;
}

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if ('ask' in data) void answer(data.id, data.ask, data.take);
  else if ('want' in data) {
    wanted = data.want;
    for (let more = mostAtOnce - painting; more > 0; more--) void paintInTurn();
  } else {
    const waiting = renewals[data.part];
    renewals[data.part] = [];
    for (const resolve of waiting) resolve(data.renewed);
  }
};
