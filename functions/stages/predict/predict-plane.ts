import type { AwaitsAnswer } from '../../core/awaits-answer.ts';
import type { JobSettings } from '../../core/job.ts';
import type { PredictMessage } from '../../core/messages.ts';
import { usualPlaneMode } from '../../core/plane-mode.ts';
import type { Image, ImageInfo, Plane } from '../../image/image.ts';
import type { BegunMaps, Maps, Segmentation } from '../../ports/predictor.ts';
import type { RegionMap } from '../../regions/region-map.ts';
import { type ChannelChoice, planeFacts, readChosen } from './channel.ts';
import type { Checkpoint } from './checkpoint.ts';
import { foregroundPlane } from './foreground-plane.ts';
import { type Measured, type MeasurePlan, measureChannels } from './measure-channels.ts';
import { asSeen } from './negative.ts';
import { isLinked, type Section, sectionOf } from './object-count.ts';
import type { PlanePosition } from './plane-indices.ts';
import { restored, type Scale, scaled } from './scale.ts';
import type { ImageServices } from './services.ts';

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
  /** It is kept how near pixels are to the threshold. */
  keepsForeground: boolean;
  /** Absent: there is no deadline. */
  checkpoint: Checkpoint | undefined;
}

/** One plane's outcome, on its way to the result files, or where it was cut short. */
export type Predicted =
  | {
      position: PlanePosition;
      /** Only where they are written too: they are the largest part of a plane's memory. */
      maps?: Maps;
      segmentation: Segmentation;
      /** Where it is kept. */
      foreground?: Plane;
      section?: Section;
      /** Of every channel, where there is more to measure than the plane itself. */
      measured?: Measured;
    }
  | { cut: BegunMaps | undefined; awaits?: AwaitsAnswer };

/** A plane whose objects are found. */
interface Found {
  position: PlanePosition;
  maps?: Maps;
  foreground?: Plane;
  segmentation: Segmentation;
  /** As the model got them. */
  planes: Plane[];
}

/** One plane, or as much of its maps as there was time for: more than was begun, or all of it. Objects that are given are not looked for. */
export async function predictPlane(
  { image, choice, scale, measures, settings, keepsForeground }: ImageWork,
  position: PlanePosition,
  how: {
    begun: BegunMaps | undefined;
    halt: (() => boolean) | undefined;
    preview: boolean;
    maps: boolean;
  },
  { engine, input, signal, given: objects }: ImageServices,
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
  const foreground = keepsForeground
    ? await foregroundPlane(maps, input.foreground!, settings.threshold, image.info)
    : undefined;
  return { position, segmentation, planes, ...(how.maps && { maps }), ...(foreground && { foreground }) };
}

/** The other channels of a plane whose objects are found. Its maps are let go of by now, unless they are written. */
export async function measurePlane(
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

export const isLinkedWork = ({ settings, image }: ImageWork): boolean =>
  isLinked(settings.planes ?? usualPlaneMode, image.info);
