import { mapInOrder } from '../../async/map-in-order.ts';
import { AwaitsAnswer } from '../../core/awaits-answer.ts';
import type { JobSettings } from '../../core/job.ts';
import type { PredictMessage } from '../../core/messages.ts';
import { type ResultKind, resultRef } from '../../core/object-keys.ts';
import { usualPlaneMode } from '../../core/plane-mode.ts';
import type { Image, ImageInfo, Plane } from '../../image/image.ts';
import { writeTiff } from '../../image/tiff/writer.ts';
import type { BegunMaps, Maps, Segmentation } from '../../ports/predictor.ts';
import type { RegionMap } from '../../regions/region-map.ts';
import { type ChannelChoice, planeFacts, readChosen } from './channel.ts';
import type { Checkpoint, Progress } from './checkpoint.ts';
import { encodeText, writeProbabilities } from './encode.ts';
import { LinkedCount } from './linked-count.ts';
import { type Measured, type MeasurePlan, measureChannels } from './measure-channels.ts';
import { asSeen } from './negative.ts';
import { type Counted, eachPlane, isLinked, type ObjectCount, type Section, sectionOf } from './object-count.ts';
import { peekStream } from './peek-stream.ts';
import { type PlanePosition, planePositions } from './plane-indices.ts';
import { planeMemory } from './plane-memory.ts';
import { addPlane, emptyTally } from './positive-tally.ts';
import { type PushConsumer, pushConsumer } from './push-consumer.ts';
import { restored, type Scale, scaled, scaledSize } from './scale.ts';
import type { ImageServices } from './services.ts';

/** A plane has more objects than uint16 labels can name: the image is written again with uint32. */
export class TooManyLabels extends Error {}

/** One plane's outcome, on its way to the result files, or where it was cut short. */
type Predicted =
  | {
      position: PlanePosition;
      /** Only where they are written too: they are the largest part of a plane's memory. */
      maps?: Maps;
      segmentation: Segmentation;
      section?: Section;
      /** Of every channel, where there is more to measure than the plane itself. */
      measured?: Measured;
    }
  | { cut: BegunMaps | undefined; awaits?: AwaitsAnswer };

export interface ImageWork {
  message: PredictMessage;
  settings: JobSettings;
  image: Image;
  choice: ChannelChoice;
  scale: Scale;
  /** Absent: nothing is measured but the plane that is predicted. */
  measures: MeasurePlan | undefined;
  /** Absent: no file beside the image has regions. */
  regions: RegionMap | undefined;
  /** Absent: there is no deadline. */
  checkpoint: Checkpoint | undefined;
}

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
      if (position === previewPosition) await put('preview.png', segmentation.preview);
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

function addClasses(reached: Progress, more: Counted['classes']): void {
  for (const [name, count] of Object.entries(more))
    reached.classes = { ...reached.classes, [name]: (reached.classes?.[name] ?? 0) + count };
}

const abortAll = (sinks: readonly PushConsumer<never>[], error: Error) =>
  Promise.all(sinks.map((each) => each.abort(error)));

/** A plane whose objects are found. */
interface Found {
  position: PlanePosition;
  maps?: Maps;
  segmentation: Segmentation;
  /** As the model got them. */
  planes: Plane[];
}

/** One plane, or as much of its maps as there was time for: more than was begun, or all of it. Objects that are given are not looked for. */
async function predictPlane(
  { image, choice, scale, measures, settings }: ImageWork,
  position: PlanePosition,
  how: { begun: BegunMaps | undefined; halt: (() => boolean) | undefined; preview: boolean; maps: boolean },
  { engine, signal, given: objects }: ImageServices,
): Promise<Found | { cut: BegunMaps }> {
  const { begun, halt, preview } = how;
  const { pixelSize } = image.info;
  const planes = await readChosen(image, position, choice);
  const options = {
    samples: isLinkedStack(image.info, settings),
    preview,
    factor: scale.factor,
    objects: { threshold: settings.threshold, minSize: settings.minSize },
    ...(pixelSize && { pixelSize }),
    ...(measures && { regions: measures.ring === undefined ? {} : { ring: measures.ring } }),
  };
  if (objects !== undefined) {
    const { map, edited, classes } = await objects.planeOf(position);
    const { height, width } = planes[0]!;
    const maps = { height, width, names: ['labels'], data: [map] };
    const found = await engine.segment(planes[0]!, maps, { ...options, given: true }, signal);
    const measurements = { ...found.measurements, edited };
    return { position, segmentation: { ...found, measurements, ...(classes && { classes }) }, planes };
  }
  const given = await scaled(asSeen(planes, settings.invert), scale);
  const { height } = given[0]!;
  const facts = planeFacts(image.info, choice, scale.factor);
  let maps: Maps;
  if (halt === undefined) maps = await engine.predict(given, signal, facts);
  else {
    const predicted = await engine.predictRows(given, { halt, facts, ...(begun && { begun }) }, signal);
    const further = begun?.rows !== height;
    if (predicted.rows < height || (further && halt())) return { cut: predicted };
    maps = predicted.maps;
  }
  maps = await restored(maps, scale, planes[0]!);
  const segmentation = await engine.segment(planes[0]!, maps, options, signal);
  return { position, segmentation, planes, ...(how.maps && { maps }) };
}

/** The other channels of a plane whose objects are found. Its maps are let go of by now, unless they are written. */
async function measurePlane(
  work: ImageWork,
  found: Awaited<ReturnType<typeof predictPlane>>,
  { engine, signal }: ImageServices,
): Promise<Predicted> {
  if ('cut' in found) return found;
  const { image, choice, measures } = work;
  const { planes, segmentation, ...rest } = found;
  const { regions, ...kept } = segmentation;
  const section = isLinkedWork(work) ? sectionOf(planes[0]!, segmentation) : undefined;
  if (measures === undefined) return { ...rest, segmentation, ...(section && { section }) };
  const known = new Map(choice.from === 'grey' ? [] : choice.indices.map((channel, i) => [channel, planes[i]!]));
  planes.length = 0;
  const at = { image, at: found.position, regions: regions!, known, samples: isLinkedStack(image.info, work.settings) };
  const measured = await measureChannels(measures, at, engine, signal);
  return { ...rest, segmentation: kept, ...(section && { section }), measured };
}

/** Whether objects have sections in several planes. */
const isLinkedStack = (info: ImageInfo, { planes = usualPlaneMode }: JobSettings): boolean =>
  info.depths > 1 && isLinked(planes, info);

const isLinkedWork = ({ settings, image }: ImageWork): boolean =>
  isLinked(settings.planes ?? usualPlaneMode, image.info);

/** As far as an earlier delivery came. */
async function openCount(work: ImageWork, from: Progress): Promise<ObjectCount> {
  const { image, measures, regions, checkpoint } = work;
  if (!isLinkedWork(work)) return eachPlane(from.planes === 0, regions);
  return new LinkedCount(
    { info: image.info, measures, regions },
    from.links && (await checkpoint!.loadLinks(from.links)),
  );
}
