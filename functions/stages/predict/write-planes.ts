import { mapInOrder } from '../../async/map-in-order.ts';
import { AwaitsAnswer } from '../../core/awaits-answer.ts';
import { type ResultKind, resultRef } from '../../core/object-keys.ts';
import type { Plane } from '../../image/image.ts';
import { writeTiff } from '../../image/tiff/writer.ts';
import type { Maps, Segmentation } from '../../ports/predictor.ts';
import type { Progress } from './checkpoint.ts';
import { medianByArea } from './diameter.ts';
import { encodeText, writeProbabilities } from './encode.ts';
import { LinkedCount } from './linked-count.ts';
import { type Counted, eachPlane, type ObjectCount } from './object-count.ts';
import { peekStream } from './peek-stream.ts';
import { type PlanePosition, planePositions } from './plane-indices.ts';
import { planeMemory } from './plane-memory.ts';
import { addPlane, emptyTally } from './positive-tally.ts';
import { type ImageWork, isLinkedWork, measurePlane, type Predicted, predictPlane } from './predict-plane.ts';
import { type PushConsumer, pushConsumer } from './push-consumer.ts';
import { scaledSize } from './scale.ts';
import type { ImageServices } from './services.ts';

/** A plane has more objects than uint16 labels can name: the image is written again with uint32. */
export class TooManyLabels extends Error {}

/** `awaits`: the first plane that is missing was asked of a model whose answer comes later. */
export type Reached = Progress & { awaits?: AwaitsAnswer };

/**
 * Of a result that may become a piece: held until it is known whether it is whole. Nearly all are, and are put in their
 * place at once.
 */
const heldBytes = 16 << 20;

/**
 * Streams labels, measurements and probabilities plane by plane, from where `from` ends to the last plane or the deadline;
 * at least one step further. On any failure none of them replaces an older result.
 */
export async function writePlanes(work: ImageWork, from: Progress, services: ImageServices): Promise<Reached> {
  const { message, settings, image, checkpoint } = work;
  const { objects, deadline } = services;
  const { info } = image;
  const { height, width } = info;
  const positions = [...planePositions(info)];
  const reached: Reached = { ...from, outputs: [...from.outputs], pieces: [...from.pieces] };
  delete reached.begun;
  delete reached.links;
  const counting = await openCount(work, from);
  const put = async (kind: ResultKind, body: AsyncIterable<Uint8Array> | Uint8Array): Promise<void> => {
    const { bytes } = await objects.put(resultRef(message, message.path, kind), body);
    reached.outputs.push({ kind, bytes });
  };

  let over = false;
  const near = () => {
    over ||= deadline?.near() === true;
    return over;
  };
  let whole = false; // every plane came
  const before = (kind: ResultKind) => from.pieces.filter((piece) => piece.kind === kind);
  const after = (kind: ResultKind) => ({
    planes: kind === 'labels.tif' ? from.planes - from.waiting : from.planes,
    bytes: before(kind).reduce((sum, { bytes }) => sum + bytes, 0),
  });
  const into = <T>(kind: ResultKind, encode: (items: AsyncIterable<T>) => AsyncIterable<Uint8Array>): PushConsumer<T> =>
    pushConsumer<T>(async (items) => {
      if (checkpoint === undefined) return put(kind, encode(items));
      const { ended, all } = await peekStream(encode(items), heldBytes);
      if (ended && whole && before(kind).length === 0) return put(kind, all);
      const { ref, name } = checkpoint.piece(kind);
      const { bytes } = await objects.put(ref, all);
      reached.pieces.push({ kind, name, bytes });
    });

  const outcome = { ...info, samples: 1, channels: 1, channelNames: [undefined] };
  const pieceOf = (kind: ResultKind) => checkpoint && { piece: { after: after(kind) } };
  const labels = into<Plane>('labels.tif', (planes) =>
    writeTiff({ ...outcome, type: from.labelType }, planes, pieceOf('labels.tif')),
  );
  const rows = into<string>('measurements.csv', encodeText);
  const probabilities =
    settings.probabilities === true
      ? into<Maps>('prob.tif', (maps) => writeProbabilities(outcome, maps, checkpoint && after('prob.tif')))
      : undefined;
  const sinks: PushConsumer<never>[] = [labels, rows, ...(probabilities ? [probabilities] : [])];
  const previewPosition = positions[Math.floor(positions.length / 2)]!; // the middle of a stack shows most of it
  const memory = new Map<PlanePosition, () => void>(); // of planes that are worked on or wait to be written

  const release = (position: PlanePosition): void => {
    memory.get(position)?.();
    memory.delete(position);
  };

  const predict = async (position: PlanePosition): Promise<Predicted> => {
    const first = position === positions[from.planes];
    const bytes = planeMemory(image, services.engine, { invert: settings.invert, scale: work.scale });
    memory.set(position, await services.admit(bytes));
    if (!first && near()) return { cut: undefined };
    const begun =
      first && from.begun !== undefined
        ? await checkpoint?.loadMaps(from.begun, scaledSize(info, work.scale))
        : undefined;
    const halt = deadline && near;
    const how = { begun, halt, preview: position === previewPosition, maps: probabilities !== undefined };
    try {
      return await measurePlane(work, await predictPlane(work, position, how, services), services);
    } catch (error) {
      if (!(error instanceof AwaitsAnswer)) throw error;
      release(position); // the planes behind it are asked too, and need it
      return { cut: undefined, awaits: error };
    }
  };
  function* rest(): Generator<PlanePosition> {
    for (let i = from.planes; i < positions.length && (i === from.planes || !near()); i++) yield positions[i]!;
  }

  try {
    for await (const each of mapInOrder(rest(), services.planesAhead, predict)) {
      if ('cut' in each) {
        over ||= each.awaits === undefined; // those behind it need not go on
        if (each.awaits !== undefined) reached.awaits = each.awaits;
        if (each.cut !== undefined) reached.begun = await checkpoint!.saveMaps(each.cut);
        break;
      }
      const { position, maps, segmentation } = each;
      const counted = counting.take(each);
      for (const plane of counted.planes) {
        if (from.labelType === 'uint16' && plane.highest > 65_535) throw new TooManyLabels();
        await labels.write({ height, width, samples: 1, type: from.labelType, data: plane.paint(from.labelType) });
      }
      await rows.write(counted.rows);
      if (counted.judged.length > 0)
        reached.positive = counted.judged.reduce(addPlane, reached.positive ?? emptyTally(work.measures!.rules));
      addClasses(reached, counted.classes);
      if (maps !== undefined) await probabilities?.write(maps);
      if (position === previewPosition) {
        await put('preview.png', segmentation.preview);
        addMiddle(reached, segmentation);
      }
      reached.objects += segmentation.count;
      reached.counted += counted.objects;
      reached.volumes += counted.volumes;
      reached.voxels += counted.voxels;
      reached.areaPx += (segmentation.measurements.area_px ?? new Float64Array()).reduce((sum, area) => sum + area, 0);
      release(position);
      reached.planes++;
      services.onPlane?.(reached.planes, positions.length);
    }
    whole = reached.planes === positions.length;
    reached.waiting = counting.waiting;
    const links = whole ? undefined : counting.save();
    if (links !== undefined) reached.links = await checkpoint!.saveLinks(links);
    if (reached.planes > from.planes) for (const each of sinks) await each.end();
    else await abortAll(sinks, new Error('no plane was finished'));
  } catch (error) {
    await abortAll(sinks, error instanceof Error ? error : new Error(String(error)));
    throw error;
  } finally {
    for (const release of memory.values()) release();
  }
  return reached;
}

function addMiddle(reached: Progress, { count, measurements }: Segmentation): void {
  const median = medianByArea(measurements);
  if (median !== undefined) reached.middle = { count, diameterPx: median.diameter };
}

function addClasses(reached: Progress, more: Counted['classes']): void {
  for (const [name, count] of Object.entries(more))
    reached.classes = { ...reached.classes, [name]: (reached.classes?.[name] ?? 0) + count };
}

const abortAll = (sinks: readonly PushConsumer<never>[], error: Error) =>
  Promise.all(sinks.map((each) => each.abort(error)));

/** As far as an earlier delivery came. */
async function openCount(work: ImageWork, from: Progress): Promise<ObjectCount> {
  const { image, measures, regions, checkpoint } = work;
  if (!isLinkedWork(work)) return eachPlane(from.planes === 0, regions);
  return new LinkedCount(
    { info: image.info, measures, regions },
    from.links && (await checkpoint!.loadLinks(from.links)),
  );
}
