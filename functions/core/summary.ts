import { z } from 'zod';
import { correctedFrom } from './corrected-round.ts';
import { countedHow, objectsPerPlane, predictedPlanes } from './counted-objects.ts';
import { type CsvCell, csvRow } from './csv.ts';
import { resultKinds } from './object-keys.ts';
import { leastPixels, objectThreshold, scaleFactor } from './object-settings.ts';
import { planeModes } from './plane-mode.ts';
import { combinationNames, type PositiveRule, ruleName } from './positive.ts';
import { positiveRules, ringDistance } from './positive-settings.ts';

const count = z.int().nonnegative();
const size = z.int().positive();
const micrometres = z.number().positive();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * What one predicted image was, and what came out: its `summary.json`, written by predict, read by zip. It holds no
 * time and no duration, so that a repeated run writes the same bytes.
 */
export const fileSummary = z.object({
  path: z.string().min(1),
  /** Of the input file as it was sent. */
  sha256,
  bytes: count,
  /** As read from the file; all of one plane: rows, columns, samples a pixel. */
  height: size,
  width: size,
  samples: size,
  type: z.string().min(1),
  /** Planes an axis; 1 where it is absent. */
  positions: size,
  times: size,
  depths: size,
  channels: size,
  /** The channel that was predicted: zero-based index, and its name where the file has one. */
  channel: z.object({ index: count, name: z.string().optional() }),
  /** Micrometres; absent where the file does not say. */
  pixelSize: z.object({ x: micrometres, y: micrometres, z: micrometres.optional() }).optional(),
  /** Why it has none, where the numbers in the file are no pixel size. */
  pixelSizeReason: z.string().optional(),
  /**
   * By what factor planes were reduced (below 1: enlarged) before they were predicted, the diameter (px) it was chosen by,
   * and where that is from; absent where the model does not say what it was made for.
   */
  scale: z
    .object({
      factor: z.number().positive(),
      diameterPx: z.number().positive().optional(),
      from: z.enum(['option', 'pixel size', 'estimate']),
    })
    .optional(),
  /** Seconds between time points. */
  timeStep: z.number().positive().optional(),
  /** What was assumed or left out in reading the file, a clause each. */
  notes: z.array(z.string()).optional(),
  /** Objects, each once; absent where several planes were counted each by itself. */
  objects: count.optional(),
  /** How the objects of several planes were counted; absent where the image has one plane. */
  counted: z
    .object({
      planes: z.enum(planeModes),
      /** Objects of each predicted plane, added up: one that is seen in several planes counts in each. */
      sections: count,
      /** Of linked stacks: mean over all objects at all time points. */
      meanVolumeVoxels: z.number().positive().optional(),
    })
    .optional(),
  /** Objects of each class, where the model has classes and objects count once. */
  classes: z.record(z.string(), count).optional(),
  /** Mean over the objects of all planes; absent when there is none. */
  meanAreaPx: z.number().positive().optional(),
  model: z.object({ name: z.string().min(1), version: z.string(), sha256, definition: sha256 }),
  /** Regions of interest, where there is a file with them beside the image. */
  regions: z
    .object({
      /** Its name, and sha256 of its bytes. */
      file: z.string().min(1),
      sha256,
      /** `planes`: how many of the predicted planes it is of. */
      list: z.array(z.object({ name: z.string().min(1), areaPx: size, planes: size })),
    })
    .optional(),
  /** What the user asked for; with the hashes it decides whether a result can be kept. */
  settings: z.object({
    channel: z.union([count, z.string()]).optional(),
    axes: z.string().optional(),
    diameter: z.number().positive().optional(),
    scale: scaleFactor.optional(),
    invert: z.boolean().optional(),
    threshold: objectThreshold.optional(),
    minSize: leastPixels.optional(),
    planes: z.enum(planeModes).optional(),
    ring: ringDistance.optional(),
    positive: positiveRules.optional(),
    rois: z.boolean().optional(),
    ome: z.boolean().optional(),
    zarr: z.boolean().optional(),
    probabilities: z.boolean(),
  }),
  /** Where its maps are kept: how the model turns them into objects, unless settings say otherwise. As config.labdeploy.instances of a package. */
  instances: z.record(z.string(), z.unknown()).optional(),
  /** Positive objects, where it was asked for. */
  positive: z
    .object({
      /** One a rule of the settings. */
      rules: z.array(
        z.object({
          /** Columns of the measurements: of the means that decide, and of what was decided. */
          mean: z.string(),
          column: z.string(),
          /** Mean over the planes; absent where it is the job's (Otsu), or there is no background. */
          threshold: z.number().optional(),
          /** Ends of the means of all objects, which Otsu's threshold of the job is made of; absent for other rules, and where there are none. */
          ends: z.tuple([z.number(), z.number()]).optional(),
        }),
      ),
      /** Objects of each combination (core/positive.ts); absent where a threshold is the job's. */
      combinations: z.array(count).optional(),
    })
    .optional(),
  /** The objects are those of the model with corrections by people; absent: as the model found them. */
  corrected: correctedFrom.optional(),
  /** The other results of the image; the summary is written after them. */
  outputs: z.array(z.object({ kind: z.enum(resultKinds), bytes: count })),
});

export type FileSummary = z.infer<typeof fileSummary>;

/** As it would be written today: earlier versions took the sum over all planes for objects, which of a stack it is not. */
export function withCounts(stored: FileSummary): FileSummary {
  if (stored.counted !== undefined || predictedPlanes(stored) === 1) return stored;
  const { objects = 0, ...summary } = stored;
  const isOnce = summary.times * summary.depths === 1; // positions show different objects
  return { ...summary, ...(isOnce && { objects }), counted: { planes: 'each', sections: objects } };
}

const columns: Record<string, (summary: FileSummary) => CsvCell> = {
  path: (s) => s.path,
  objects: (s) => s.objects,
  mean_area_px: (s) => s.meanAreaPx,
  mean_area_um2: (s) => s.meanAreaPx && s.pixelSize && s.meanAreaPx * s.pixelSize.x * s.pixelSize.y,
  planes: predictedPlanes,
  width: (s) => s.width,
  height: (s) => s.height,
  positions: (s) => s.positions,
  times: (s) => s.times,
  depths: (s) => s.depths,
  channels: (s) => s.channels,
  channel: (s) => s.channel.index,
  channel_name: (s) => s.channel.name,
  type: (s) => s.type,
  pixel_size_x_um: (s) => s.pixelSize?.x,
  pixel_size_y_um: (s) => s.pixelSize?.y,
  pixel_size_z_um: (s) => s.pixelSize?.z,
  time_step_s: (s) => s.timeStep,
  reduced_by: (s) => s.scale?.factor ?? 1,
  diameter_px: (s) => s.scale?.diameterPx,
  model: (s) => s.model.name,
  model_version: (s) => s.model.version,
  notes: (s) => s.notes?.join('; '),
  counted: countedHow,
  objects_per_plane: objectsPerPlane,
  mean_volume_voxels: (s) => s.counted?.meanVolumeVoxels,
  mean_volume_um3: ({ counted, pixelSize }) =>
    counted?.meanVolumeVoxels && pixelSize?.z && counted.meanVolumeVoxels * pixelSize.x * pixelSize.y * pixelSize.z,
  classes: ({ classes }) =>
    Object.entries(classes ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, objects]) => `${name}: ${objects}`)
      .join('; '),
};

/** Positive objects of one image, as its job decides. */
export interface Positives {
  /** One a rule; undefined where there is none. */
  thresholds: (number | undefined)[];
  /** Objects of each combination, in the order of `combinationNames`. */
  combinations: number[];
}

/** `summary.csv`: a row an image; with thresholds and counts of a job that asks which objects are positive. */
export const summaryHeader = (rules: readonly PositiveRule[] = []): string =>
  csvRow([
    ...Object.keys(columns),
    ...rules.map((rule) => `${ruleName(rule)}_threshold`),
    ...(rules.length > 0 ? combinationNames(rules) : []),
  ]);

export function summaryRow(
  summary: FileSummary,
  rules: readonly PositiveRule[] = [],
  positives: Positives = positivesOf(summary),
): string {
  const combinations = rules.length > 0 ? combinationNames(rules).map((_, i) => positives.combinations[i]) : [];
  return csvRow([
    ...Object.values(columns).map((column) => column(summary)),
    ...rules.map((_, i) => positives.thresholds[i]),
    ...combinations,
  ]);
}

/** As predict decided. */
const positivesOf = ({ positive }: FileSummary): Positives => ({
  thresholds: positive?.rules.map(({ threshold }) => threshold) ?? [],
  combinations: positive?.combinations ?? [],
});

/** Of the notes of a file those that a list has space for, and of each its beginning. */
const maxNotes = 10;
const longestNote = 300;

/** What the list of files says of an image beside its state: the notes on reading it, and that it has no pixel size. */
export function fileNotes({ notes = [], pixelSize, pixelSizeReason }: FileSummary): string[] {
  const size = pixelSizeReason === undefined ? 'no pixel size' : `no pixel size: ${pixelSizeReason}`;
  const all = [...notes, ...(pixelSize === undefined ? [size] : [])];
  return all.slice(0, maxNotes).map((note) => (note.length > longestNote ? `${note.slice(0, longestNote)}…` : note));
}
