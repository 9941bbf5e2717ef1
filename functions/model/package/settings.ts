import { z } from 'zod';
import { containerSettings } from './container-settings.ts';

/** Pixels of a plane that one sample of a map may stand for, along each axis. */
export const largestGrid = 16;

/**
 * How maps become objects by their foreground. Lengths are in pixels of the plane, thresholds in units of the map (0 to 1
 * for probabilities).
 * - `watershed`: foreground >= threshold, holes filled, touching objects split, small ones dropped (instances/segment.ts);
 * - `threshold`: the same without the split: objects are the 8-connected components;
 * - `labels`: the map has the objects already, each by a number of its own.
 */
export const watershedSettings = z.object({
  method: z.enum(['watershed', 'threshold', 'labels']).default('watershed'),
  /** Name of the map of objects; absent: see `mapRoles`. */
  foreground: z.string().optional(),
  /** Name of a map that is high between touching objects: subtracted from the foreground, it gives the height. */
  boundary: z.string().optional(),
  /** Name of a map that rises towards the middle of each object. */
  distance: z.string().optional(),
  /** Names of maps, one a class of objects: each object is of the class whose map is highest in it. */
  classes: z.array(z.string().min(1)).min(2).optional(),
  /** Above 0.5, because touching objects then part: measured on real nuclei, F1 at IoU 0.5 is 0.81 instead of 0.78. */
  threshold: z.number().default(0.6),
  /**
   * How far a second peak must rise above the pass to a higher one to be an object of its own, in units of the height:
   * those of the distance or boundary map, else pixels. Absent, with no `seedThreshold` either: 0.1.
   */
  minRise: z.number().min(0).optional(),
  /** Instead: peaks of this height or more are objects of their own where the pass between them is lower. */
  seedThreshold: z.number().optional(),
  /** Gaussian smoothing of the height, px of the plane that the model gets; 0 for none. */
  sigma: z.number().min(0).max(16).default(1),
  /** Objects of fewer pixels are dropped; of planes that are enlarged for the model a smaller number in proportion. */
  minArea: z.number().int().min(0).default(15),
  /** Objects whose mean foreground is lower are dropped; absent: none. */
  minForeground: z.number().optional(),
  /** Holes of more pixels stay open; absent: every hole is filled. */
  maxHole: z.number().int().min(0).optional(),
});
export type WatershedSettings = z.infer<typeof watershedSettings>;

const area = z.number().int().min(0);
const mapName = z.string().min(1);

/** How a StarDist network's maps become objects (instances/stardist). Defaults: those of stardist 0.9 (models.base). */
const stardistSettings = z.strictObject({
  method: z.literal('stardist'),
  /** Name of the map of probabilities; absent: the first. All others are rays, the first along x, then towards y. */
  probability: mapName.optional(),
  /** Candidates are more probable (`prob_thresh`). */
  threshold: z.number().min(0).max(1).default(0.5),
  /** Of two candidates that share more of the smaller one's area the less probable goes (`nms_thresh`). */
  overlap: z.number().min(0).max(1).default(0.4),
  /** Pixels from one cell of the network's own grid to the next, where the export enlarged the maps; absent: that of the maps. */
  cell: z.number().int().min(1).max(largestGrid).optional(),
  minArea: area.default(0),
});
export type StardistSettings = z.infer<typeof stardistSettings>;

/** How a Cellpose network's maps become objects (instances/cellpose). Defaults: those of cellpose 3.1 (CellposeModel.eval). */
const cellposeSettings = z.strictObject({
  method: z.literal('cellpose'),
  /** Names of the maps; absent: flow along y, flow along x and probability are the first three. */
  flowY: mapName.optional(),
  flowX: mapName.optional(),
  probability: mapName.optional(),
  /** In units of the map, a logit: pixels above it belong to objects (`cellprob_threshold`). */
  threshold: z.number().default(0),
  /** Objects whose mean squared error of flows is larger go; 0: none do (`flow_threshold`). */
  flowThreshold: z.number().min(0).default(0.4),
  /** How many steps pixels follow the flows (`niter`), for a plane that was not reduced. */
  steps: z.number().int().min(1).max(5000).default(200),
  minArea: area.default(15),
  /** Objects that take up more of the plane go (`max_size_fraction`). */
  maxFraction: z.number().gt(0).max(1).default(0.4),
});
export type CellposeSettings = z.infer<typeof cellposeSettings>;

const methods = 'the methods are watershed, threshold, labels, stardist and cellpose';
export const instanceSettings = z.preprocess(
  (given) => (isObject(given) && given.method === undefined ? { ...given, method: 'watershed' } : given),
  z.discriminatedUnion('method', [watershedSettings, stardistSettings, cellposeSettings], {
    error: (issue) => (issue.code === 'invalid_union' ? methods : undefined),
  }),
);
export type InstanceSettings = z.infer<typeof instanceSettings>;

const isObject = (given: unknown): given is Record<string, unknown> =>
  typeof given === 'object' && given !== null && !Array.isArray(given);

/**
 * Which diameters of objects the model was made for, px. Planes of wider ones are predicted reduced, of narrower ones
 * enlarged (stages/predict/scale.ts).
 */
const scaleSettings = z.strictObject({
  /** What wider and narrower objects are brought to, about. */
  diameter: z.number().min(4).max(1024),
  /** The median diameter up to which planes are predicted as they are. */
  widest: z.number().min(4).max(1024),
  /** The median diameter from which on planes are predicted as they are; absent: none is enlarged. */
  narrowest: z.number().min(4).max(1024).optional(),
  /** How many times planes of narrower objects are enlarged at most; the square of it is how many times the work. */
  enlarged: z.number().min(1).max(4).optional(),
  /** Usual diameter of the objects in micrometres: where the pixel size is known and makes them narrow, none is estimated. */
  micrometres: z.number().positive().optional(),
});
export type ScaleSettings = z.infer<typeof scaleSettings>;

/** Our part of a package, under `config.labdeploy`; a package without it gets the defaults. */
export const modelSettings = z.strictObject({
  /** Channel of the image to predict, by zero-based index or by name; absent: the first. */
  channel: z.union([z.number().int().min(0), z.string()]).optional(),
  /** What to do with RGB images: `grey` weighs them to luminance (stages/predict/channel.ts); absent: they are refused. */
  rgb: z.literal('grey').optional(),
  /** Rows and columns of a tile the engine aims at, where the model's size is free. */
  tile: z.number().int().min(16).max(8192).optional(),
  /** Pixels at a tile's edge that are not trusted; absent: the package's halo. */
  halo: z.number().int().min(0).max(1024).optional(),
  /** Runs the model instead of ONNX weights. */
  container: containerSettings.optional(),
  /** Absent: planes are predicted as they are. */
  scale: scaleSettings.optional(),
  instances: instanceSettings.prefault({}),
});
export type ModelSettings = z.infer<typeof modelSettings>;
