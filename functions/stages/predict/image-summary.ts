import { choicesOf } from '../../core/job-choices.ts';
import type { PlaneMode } from '../../core/plane-mode.ts';
import type { FileSummary } from '../../core/summary.ts';
import type { Image, ImageInfo } from '../../image/image.ts';
import type { Progress } from './checkpoint.ts';
import { emptyTally, positiveSummary } from './positive-tally.ts';
import { regionsSummary } from './region-column.ts';
import type { Scale } from './scale.ts';
import type { ImageServices } from './services.ts';
import type { ImageWork } from './predict-plane.ts';

/** What is known of an image when all its planes are through. */
export interface FinishedImage {
  /** As the file has it, before its depths were projected. */
  opened: ImageInfo;
  /** Of the input. */
  bytes: number;
  mode: PlaneMode;
  notes: string[];
  reached: Progress;
  outputs: FileSummary['outputs'];
}

/** What is said of an image, with its counts. */
export function imageSummary(
  { message, settings, image, choice, scale, measures, regions }: ImageWork,
  { opened, bytes, mode, notes, reached, outputs }: FinishedImage,
  { engine, input, given }: Pick<ImageServices, 'engine' | 'input' | 'given'>,
): FileSummary {
  const { info } = image;
  const { type, positions, times, depths } = opened;
  const { probabilities = false } = settings;
  return {
    path: message.path,
    sha256: reached.sha256,
    bytes,
    height: info.height,
    width: info.width,
    samples: info.samples,
    type,
    positions,
    times,
    depths,
    channels: info.channels,
    channel: { index: choice.indices[0]!, ...(choice.name !== undefined && { name: choice.name }) },
    ...pixelSizeOf(image, opened),
    ...scaleOf(scale),
    ...(info.timeStep !== undefined && { timeStep: info.timeStep }),
    ...(notes.length > 0 && { notes }),
    ...countedOf(reached, mode, opened),
    ...classesOf(reached, mode, opened),
    ...(reached.objects > 0 && { meanAreaPx: reached.areaPx / reached.objects }),
    ...(regions !== undefined && { regions: regionsSummary(regions, mode, info) }),
    model: { ...engine.model },
    settings: { ...choicesOf(settings), probabilities },
    ...(probabilities && input.instances !== undefined && { instances: input.instances }),
    ...(settings.positive !== undefined && {
      positive: positiveSummary(measures!.rules, reached.positive ?? emptyTally(measures!.rules)),
    }),
    ...(given !== undefined && { corrected: given.corrected }),
    outputs: outputs.sort((a, b) => (a.kind < b.kind ? -1 : 1)),
  };
}

/** Only where each row of the measurements is one object. */
const classesOf = (
  { classes }: Progress,
  mode: PlaneMode,
  { times, depths }: ImageInfo,
): Pick<FileSummary, 'classes'> =>
  classes !== undefined && times === 1 && (mode !== 'each' || depths === 1) ? { classes } : {};

function pixelSizeOf(
  { noPixelSize }: Image,
  { pixelSize }: ImageInfo,
): Pick<FileSummary, 'pixelSize' | 'pixelSizeReason'> {
  if (pixelSize !== undefined) return { pixelSize };
  return noPixelSize === undefined ? {} : { pixelSizeReason: noPixelSize };
}

function scaleOf({ factor, diameterPx, from }: Scale): Pick<FileSummary, 'scale'> {
  return from === 'model' ? {} : { scale: { factor, ...(diameterPx && { diameterPx }), from } };
}

/** Planes over time and depth that are counted each by itself have no number of objects; positions show different ones. */
function countedOf(
  { objects, counted, volumes, voxels }: Progress,
  planes: PlaneMode,
  { positions, times, depths }: ImageInfo,
): Pick<FileSummary, 'objects' | 'counted'> {
  if (positions * times * depths === 1) return { objects };
  const isOnce = planes !== 'each' || times * depths === 1;
  return {
    ...(isOnce && { objects: counted }),
    counted: { planes, sections: objects, ...(volumes > 0 && { meanVolumeVoxels: voxels / volumes }) },
  };
}
