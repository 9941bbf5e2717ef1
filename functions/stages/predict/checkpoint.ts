import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import { forEachLimit } from '../../async/for-each-limit.ts';
import { Failure } from '../../core/errors.ts';
import type { JobSettings } from '../../core/job.ts';
import { choicesOf } from '../../core/job-choices.ts';
import type { PredictMessage } from '../../core/messages.ts';
import {
  checkpointPrefix,
  foregroundRef,
  inputRef,
  type ObjectRef,
  resultKinds,
  resultRef,
} from '../../core/object-keys.ts';
import { fileDigest } from '../../jobs/edit-log.ts';
import { readJson } from '../../object-streams/read-object.ts';
import type { BegunMaps, Maps } from '../../ports/predictor.ts';
import { positiveTally } from './positive-tally.ts';
import type { ImageServices } from './services.ts';

/** Hours of work at half a minute each leave thousands of pieces. */
const headsAtOnce = 16;

const count = z.int().nonnegative();

/** What predict keeps of an image for its corrections, beside its results. */
export const foregroundKind = 'foreground.tif';
/** What is written plane by plane, or of one plane. */
const writtenKinds = [...resultKinds, foregroundKind] as const;
export type WrittenKind = (typeof writtenKinds)[number];
export const writtenRef = (image: PredictMessage, kind: WrittenKind): ObjectRef =>
  kind === foregroundKind ? foregroundRef(image, fileDigest(image.path)) : resultRef(image, image.path, kind);
const kind = z.enum(writtenKinds);

/** How far one image is. Its planes come in one order, so their number says which. */
const progress = z.object({
  /** Of the input. */
  sha256: z.string(),
  labelType: z.enum(['uint16', 'uint32']),
  /** Planes that are through. */
  planes: count,
  /** Found in these planes, each by itself, and their pixels. */
  objects: count,
  areaPx: z.number().nonnegative(),
  /** Of the middle plane: how many, and the median of their diameters by area, px. */
  middle: z.object({ count, diameterPx: z.number().positive() }).optional(),
  /** Objects each once, linked stacks' objects at each time point, and their voxels. */
  counted: count,
  volumes: count,
  voxels: count,
  /** Planes of `planes` that no label image has yet: their numbers wait for the next one. */
  waiting: count,
  /** Of objects that are linked, and go on in the next plane. */
  links: z.object({ name: z.string(), bytes: count }).optional(),
  positive: positiveTally.optional(),
  /** Rows of each class. */
  classes: z.record(z.string(), z.int().nonnegative()).optional(),
  /** Results that are whole and stored. */
  outputs: z.array(z.object({ kind, bytes: count })),
  /** The others, in the order in which they make the result. */
  pieces: z.array(z.object({ kind, name: z.string(), bytes: count })),
  /** Maps of the next plane: its rows from the top. */
  begun: z
    .object({ name: z.string(), bytes: count, rows: count, maps: z.array(z.string()), grid: count.optional() })
    .optional(),
});
export type Progress = z.infer<typeof progress>;

export const nothingDone = (sha256: string, labelType: Progress['labelType']): Progress => ({
  sha256,
  labelType,
  planes: 0,
  objects: 0,
  areaPx: 0,
  counted: 0,
  volumes: 0,
  voxels: 0,
  waiting: 0,
  outputs: [],
  pieces: [],
});

const stateName = 'state.json';

/** Of what is kept of linked objects: what another version left is not read. */
const linksVersion = 2;

/**
 * What deliveries of one image leave for the next. Pieces are named after the delivery that wrote them, so that two
 * deliveries at once never mix: each state names whole pieces, and the last state written counts. Everything is bound to
 * the input object, model, settings and generation; what is bound to others is ignored.
 */
export interface Checkpoint {
  /** Undefined where there is none that is whole and ours. */
  load(): Promise<Progress | undefined>;
  save(state: Progress): Promise<void>;
  /** A result's piece of this delivery. */
  piece(kind: WrittenKind): { ref: ObjectRef; name: string };
  saveLinks(links: Uint8Array): Promise<NonNullable<Progress['links']>>;
  loadLinks(links: NonNullable<Progress['links']>): Promise<Uint8Array>;
  saveMaps(begun: BegunMaps): Promise<NonNullable<Progress['begun']>>;
  /** On shared memory, for a plane of this size. */
  loadMaps(begun: NonNullable<Progress['begun']>, plane: { height: number; width: number }): Promise<BegunMaps>;
  /** Makes the results of their pieces. */
  assemble(state: Progress): Promise<Progress['outputs']>;
}

export async function openCheckpoint(
  message: PredictMessage,
  settings: JobSettings,
  { objects, engine, generation }: ImageServices,
  attempt: string,
): Promise<Checkpoint> {
  const input = await objects.head(inputRef(message, message.path));
  if (input === undefined) throw new Failure('objectMissing', { key: inputRef(message, message.path).key });
  const binding = digest(
    JSON.stringify([
      [input.bytes, input.crc32, input.modifiedAt],
      [engine.model.name, engine.model.version, engine.model.sha256, engine.model.definition],
      [choicesOf(settings), settings.probabilities ?? false],
      generation,
      linksVersion,
    ]),
  );
  const bound = progress.extend({ binding: z.literal(binding) });
  const refOf = (name: string) => checkpointRef(message, name);
  let names = 0;
  /** Unlike any other: what a stored state names must stay as it is while the next is written. */
  const nameOf = (what: string) => `${attempt}.${++names}.${what}`;

  return {
    async load() {
      if ((await objects.head(refOf(stateName))) === undefined) return undefined;
      const parsed = bound.safeParse(await kept(readJson(objects, refOf(stateName))));
      if (!parsed.success) return undefined; // another model's, another round's, another version's
      const { binding: _, ...state } = parsed.data;
      let isWhole = true;
      await forEachLimit([state.begun ?? [], state.links ?? [], state.pieces].flat(), headsAtOnce, async (each) => {
        if (!isWhole) return;
        if ((await objects.head(refOf(each.name)))?.bytes !== each.bytes) isWhole = false;
      });
      return isWhole ? state : undefined;
    },
    async save(state) {
      await objects.put(refOf(stateName), Buffer.from(JSON.stringify({ ...state, binding })));
    },
    piece(kind) {
      const name = nameOf(kind);
      return { ref: refOf(name), name };
    },
    async saveLinks(links) {
      const name = nameOf('links');
      const { bytes } = await objects.put(refOf(name), links);
      return { name, bytes };
    },
    async loadLinks({ name }) {
      return await buffer(await kept(objects.get(refOf(name))));
    },
    async saveMaps({ maps, rows }) {
      const name = nameOf('maps');
      const { bytes } = await objects.put(refOf(name), rowsOf(maps, Math.ceil(rows / (maps.grid ?? 1))));
      return { name, bytes, rows, maps: maps.names, ...(maps.grid !== undefined && { grid: maps.grid }) };
    },
    async loadMaps({ name, rows, maps: names, grid: spacing }, plane) {
      const grid = spacing ?? 1;
      const [height, width] = [Math.ceil(plane.height / grid), Math.ceil(plane.width / grid)];
      const data = names.map(() => new Float32Array(new SharedArrayBuffer(4 * height * width)));
      const length = 4 * Math.ceil(rows / grid) * width;
      let at = 0;
      for await (const chunk of await kept(objects.get(refOf(name)))) {
        for (let from = 0; from < chunk.length; ) {
          const target = new Uint8Array(data[Math.floor(at / length)]!.buffer, at % length, length - (at % length));
          const part = (chunk as Uint8Array).subarray(from, from + target.length);
          target.set(part);
          from += part.length;
          at += part.length;
        }
      }
      return { maps: { height, width, names, data, ...(spacing !== undefined && { grid: spacing }) }, rows };
    },
    async assemble({ outputs, pieces }) {
      const made: Progress['outputs'] = [...outputs];
      for (const kind of writtenKinds) {
        const own = pieces.filter((piece) => piece.kind === kind);
        if (own.length === 0) continue;
        const parts = own.filter((piece) => piece.bytes > 0).map(({ name }) => ({ from: refOf(name) }));
        const { bytes } = await kept(objects.compose(writtenRef(message, kind), parts));
        made.push({ kind, bytes });
      }
      return made;
    },
  };
}

/**
 * What is missing of what was kept is no outcome of the image, and must not be recorded as one: another delivery has ended
 * it and removed them. The message comes again, and finds that.
 */
async function kept<T>(read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof Failure && error.code === 'objectMissing')
      throw new Error('what was kept of the image is gone', { cause: error });
    throw error;
  }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const checkpointRef = (message: PredictMessage, name: string): ObjectRef => ({
  bucket: 'results',
  key: checkpointPrefix(message, fileDigest(message.path)) + name,
});

const chunkBytes = 1 << 20;

/** One map after the other, little-endian as every Lambda is, through one buffer: shared memory is not for streams. */
async function* rowsOf({ width, data }: Maps, rows: number): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(Math.min(chunkBytes, 4 * rows * width));
  for (const map of data) {
    const bytes = new Uint8Array(map.buffer, map.byteOffset, 4 * rows * width);
    for (let at = 0; at < bytes.length; at += buffer.length) {
      const part = bytes.subarray(at, at + buffer.length);
      buffer.set(part);
      yield buffer.subarray(0, part.length);
    }
  }
}
