import { type ResultKind, resultRef } from '../../core/object-keys.ts';
import type { ImageInfo, Plane } from '../../image/image.ts';
import { writeTiff } from '../../image/tiff/writer.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Maps } from '../../ports/predictor.ts';
import type { Progress } from './checkpoint.ts';
import { encodeText, writeProbabilities } from './encode.ts';
import { peekStream } from './peek-stream.ts';
import type { ImageWork } from './predict-plane.ts';
import { type PushConsumer, pushConsumer } from './push-consumer.ts';

/** Results of one image that grow plane by plane, from one stored state to the next. */
export interface ResultStreams {
  labels: PushConsumer<Plane>;
  rows: PushConsumer<string>;
  /** Only where the job keeps maps. */
  probabilities: PushConsumer<Maps> | undefined;
  /** Stores them: results where `whole` (every plane came) and there is no earlier piece, else pieces. */
  end(whole: boolean): Promise<Pick<Progress, 'outputs' | 'pieces'>>;
  /** Leaves no result, nor a piece that any state names. */
  abort(error: Error): Promise<void>;
}

/**
 * Of a result that may become a piece: held until it is known whether it is whole. Nearly all are, and are put in their
 * place at once.
 */
const heldBytes = 16 << 20;

/** Opens those of the planes behind `from`. */
export function openResultStreams(work: ImageWork, from: Progress, objects: ObjectStore): ResultStreams {
  const { message, settings, image, checkpoint } = work;
  const stored: Pick<Progress, 'outputs' | 'pieces'> = { outputs: [], pieces: [] };
  const { planes, waiting, labelType } = from;
  const earlier = [...from.pieces];
  const before = (kind: ResultKind) => earlier.filter((piece) => piece.kind === kind);
  const after = (kind: ResultKind) => ({
    planes: kind === 'labels.tif' ? planes - waiting : planes,
    bytes: before(kind).reduce((sum, { bytes }) => sum + bytes, 0),
  });
  let isWhole = false;
  const put = async (kind: ResultKind, body: AsyncIterable<Uint8Array>): Promise<void> => {
    const { bytes } = await objects.put(resultRef(message, message.path, kind), body);
    stored.outputs.push({ kind, bytes });
  };
  const into = <T>(kind: ResultKind, encode: (items: AsyncIterable<T>) => AsyncIterable<Uint8Array>): PushConsumer<T> =>
    pushConsumer<T>(async (items) => {
      if (checkpoint === undefined) return put(kind, encode(items));
      const { ended, all } = await peekStream(encode(items), heldBytes);
      if (ended && isWhole && before(kind).length === 0) return put(kind, all);
      const { ref, name } = checkpoint.piece(kind);
      const { bytes } = await objects.put(ref, all);
      stored.pieces.push({ kind, name, bytes });
    });

  const outcome: ImageInfo = { ...image.info, samples: 1, channels: 1, channelNames: [undefined] };
  const labels = into<Plane>('labels.tif', (planes) =>
    writeTiff({ ...outcome, type: labelType }, planes, checkpoint && { piece: { after: after('labels.tif') } }),
  );
  const rows = into<string>('measurements.csv', encodeText);
  const probabilities =
    settings.probabilities === true
      ? into<Maps>('prob.tif', (maps) => writeProbabilities(outcome, maps, checkpoint && after('prob.tif')))
      : undefined;
  const all: PushConsumer<never>[] = [labels, rows, ...(probabilities ? [probabilities] : [])];
  return {
    ...{ labels, rows, probabilities },
    async end(whole) {
      isWhole = whole;
      for (const each of all) await each.end();
      return stored;
    },
    async abort(error) {
      await Promise.all(all.map((each) => each.abort(error)));
    },
  };
}
