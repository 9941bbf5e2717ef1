import { mapInOrder } from '../../async/map-in-order.ts';
import { AwaitsAnswer } from '../../core/awaits-answer.ts';
import { resultRef } from '../../core/object-keys.ts';
import type { Segmentation } from '../../ports/predictor.ts';
import type { Progress } from './checkpoint.ts';
import { medianDiameter } from './diameter.ts';
import { LinkedCount } from './linked-count.ts';
import { type Counted, eachPlane, type ObjectCount } from './object-count.ts';
import { type PlanePosition, planePositions } from './plane-indices.ts';
import { planeMemory } from './plane-memory.ts';
import { addPlane, emptyTally } from './positive-tally.ts';
import { type ImageWork, isLinkedWork, measurePlane, type Predicted, predictPlane } from './predict-plane.ts';
import { openResultStreams } from './result-streams.ts';
import { scaledSize } from './scale.ts';
import type { ImageServices } from './services.ts';

/** A plane has more objects than uint16 labels can name: the image is written again with uint32. */
export class TooManyLabels extends Error {}

/** `awaits`: the first plane that is missing was asked of a model whose answer comes later. */
export type Reached = Progress & { awaits?: AwaitsAnswer };

/**
 * Streams labels, measurements and probabilities plane by plane, from where `from` ends to the last plane or the deadline;
 * at least one step further. On any failure none of them replaces an older result.
 */
export async function writePlanes(work: ImageWork, from: Progress, services: ImageServices): Promise<Reached> {
  const { message, image, checkpoint } = work;
  const { objects, deadline } = services;
  const { info } = image;
  const { height, width } = info;
  const positions = [...planePositions(info)];
  const reached: Reached = { ...from, outputs: [...from.outputs], pieces: [...from.pieces] };
  delete reached.begun;
  const counting = await openCount(work, from);
  let streams = openResultStreams(work, from, objects);
  let unstored = 0; // planes that came and are in no stored state
  /** Ends what is written by now, and says so in `reached`. */
  const settle = async (whole: boolean): Promise<void> => {
    reached.waiting = counting.waiting;
    delete reached.links;
    const links = whole ? undefined : counting.save();
    if (links !== undefined) reached.links = await checkpoint!.saveLinks(links);
    const { outputs, pieces } = await streams.end(whole);
    reached.outputs.push(...outputs);
    reached.pieces.push(...pieces);
    unstored = 0;
  };

  let over = false;
  const near = () => {
    over ||= deadline?.near() === true;
    return over;
  };
  const previewPosition = positions[Math.floor(positions.length / 2)]!; // the middle of a stack shows most of it
  const memory = new Map<PlanePosition, () => void>(); // of planes that are worked on or wait to be written

  const release = (position: PlanePosition): void => {
    memory.get(position)?.();
    memory.delete(position);
  };

  const predict = async (position: PlanePosition): Promise<Predicted> => {
    const first = position === positions[from.planes];
    const bytes = planeMemory(image, services.engine, { invert: work.settings.invert, scale: work.scale });
    memory.set(position, await services.admit(bytes));
    if (!first && near()) return { cut: undefined };
    const begun =
      first && from.begun !== undefined
        ? await checkpoint?.loadMaps(from.begun, scaledSize(info, work.scale))
        : undefined;
    const halt = deadline && near;
    const how = { begun, halt, preview: position === previewPosition, maps: work.settings.probabilities === true };
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
        await streams.labels.write({
          height,
          width,
          samples: 1,
          type: from.labelType,
          data: plane.paint(from.labelType),
        });
      }
      await streams.rows.write(counted.rows);
      addCounted(reached, counted, work);
      if (maps !== undefined) await streams.probabilities?.write(maps);
      if (each.foreground !== undefined) await streams.foreground?.write(each.foreground);
      if (position === previewPosition) {
        const { bytes } = await objects.put(resultRef(message, message.path, 'preview.png'), segmentation.preview);
        reached.outputs.push({ kind: 'preview.png', bytes });
        addMiddle(reached, segmentation);
      }
      reached.objects += segmentation.count;
      reached.areaPx += (segmentation.measurements.area_px ?? new Float64Array()).reduce((sum, area) => sum + area, 0);
      release(position);
      reached.planes++;
      unstored++;
      services.onPlane?.(reached.planes, positions.length);
      if (reached.planes < positions.length && !near() && deadline?.keeps?.() === true) {
        await settle(false); // planes ahead go on meanwhile
        await checkpoint!.save(reached);
        streams = openResultStreams(work, reached, objects);
      }
    }
    if (unstored > 0) await settle(reached.planes === positions.length);
    else await streams.abort(new Error('no plane was finished'));
  } catch (error) {
    await streams.abort(error instanceof Error ? error : new Error(String(error)));
    throw error;
  } finally {
    for (const release of memory.values()) release();
  }
  return reached;
}

function addMiddle(reached: Progress, { count, measurements }: Segmentation): void {
  const diameterPx = medianDiameter(measurements.area_px ?? new Float64Array());
  if (diameterPx !== undefined) reached.middle = { count, diameterPx };
}

function addCounted(reached: Progress, { judged, classes, objects, volumes, voxels }: Counted, work: ImageWork): void {
  if (judged.length > 0)
    reached.positive = judged.reduce(addPlane, reached.positive ?? emptyTally(work.measures!.rules));
  for (const [name, count] of Object.entries(classes))
    reached.classes = { ...reached.classes, [name]: (reached.classes?.[name] ?? 0) + count };
  reached.counted += objects;
  reached.volumes += volumes;
  reached.voxels += voxels;
}

/** As far as an earlier delivery came. */
async function openCount(work: ImageWork, from: Progress): Promise<ObjectCount> {
  const { image, measures, regions, checkpoint } = work;
  if (!isLinkedWork(work)) return eachPlane(from.planes === 0, regions);
  return new LinkedCount(
    { info: image.info, measures, regions },
    from.links && (await checkpoint!.loadLinks(from.links)),
  );
}
