import type { PixelSize, Plane, SampleArray } from '../image/image.ts';

/** What identifies a model in results. Two runs of one identity and equal settings give equal bytes. */
export interface ModelIdentity {
  name: string;
  version: string;
  /** Of the weights. */
  sha256: string;
  /** sha256 of bioimageio.yaml: thresholds and operations live there, not in the weights. */
  definition: string;
}

/** The model's output for one plane after postprocessing: one map a channel, rows x columns, row-major, backed by shared memory. */
export interface Maps {
  /** Of the maps: the plane's, or where they have a grid, that over it, rounded up. */
  height: number;
  width: number;
  names: string[];
  data: Float32Array[];
  /**
   * Pixels of the plane along each axis that one sample stands for, that of the first one at its upper left; absent: 1. Such
   * maps stay as the network gave them where the plane was resampled for it.
   */
  grid?: number;
}

/** Maps for whose plane rows from the top up to `rows` are predicted; where that is all of them, they are what predict gives. */
export interface BegunMaps {
  maps: Maps;
  rows: number;
}

/** What is known of planes beside their samples: a network has no use for it, a container may have. */
export interface PlaneFacts {
  /** Of the planes as the model gets them. */
  pixelSize?: PixelSize;
  /** One a plane, as the file names them. */
  channels?: (string | undefined)[];
}

/** Runs the model. Deterministic: the same plane gives the same bits, whatever the number of workers. */
export interface Predictor {
  readonly model: ModelIdentity;
  /** One plane for each input channel of the model, all of one size, one sample a pixel. Throws `modelFailed`. */
  predict(planes: readonly Plane[], signal?: AbortSignal, facts?: PlaneFacts): Promise<Maps>;
  /**
   * As predict, a row of tiles at a time: at least one, then until `halt` says so. Resumes what an earlier call began on
   * the same planes, to the same bits as predict.
   */
  predictRows(
    planes: readonly Plane[],
    part: { begun?: BegunMaps; halt(): boolean; facts?: PlaneFacts },
    signal?: AbortSignal,
  ): Promise<BegunMaps>;
  /** Peak bytes that predict and segment need for one plane of this size, so that callers bound what is in flight. */
  memoryBytes(height: number, width: number): number;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Measurements of one plane: column name (with its unit, `area_px`) to one value an object, in order of labels. */
export type Measurements = Record<string, Float64Array>;

/**
 * Pixels of regions of one plane as runs in raster order: run r is samples [start[r], end[r]) of one row, of region `of[r]`,
 * numbered from 0.
 */
export interface PixelRuns {
  start: Uint32Array;
  end: Uint32Array;
  of: Uint32Array;
}

/** Where the samples of a plane belong: objects in order of labels, and where it was asked for a ring around each. */
export interface Regions {
  /** Of objects. */
  count: number;
  objects: PixelRuns;
  rings?: PixelRuns;
}

/**
 * One value a region, NaN where it has no finite sample; the deviation is that of a population. `samples`: those that are
 * finite, so that regions of several planes can be joined.
 */
export type Statistics = Record<'samples' | 'mean' | 'min' | 'max' | 'std' | 'sum' | 'median', Float64Array>;

/** The finite samples of a plane by region: those of region i are values[from[i]] up to values[to[i] - 1]. */
export interface RegionSamples {
  values: Exclude<SampleArray, BigInt64Array | BigUint64Array>;
  from: Uint32Array;
  to: Uint32Array;
}

/** Of what lies outside all objects of a plane, robust; NaN where nothing does. */
export interface Background {
  level: number;
  /** Standard deviation. */
  sigma: number;
}

/** One channel of one plane. */
export interface ChannelMeasures {
  objects: Statistics;
  /** Where the regions have rings. */
  rings?: Statistics;
  /** Where it was asked for. */
  background?: Background;
  samples?: { objects: RegionSamples; rings?: RegionSamples };
}

/** What a model with classes says of each object, in order of labels. */
export interface ObjectClasses {
  /** The model's names of its classes. */
  names: string[];
  /** Mean of the class's map in the object. */
  probability: Float64Array;
}

/** What a user may choose of how maps become objects. */
export interface ObjectChoices {
  /** In units of the map of objects. */
  threshold?: number | undefined;
  /** Pixels that an object has at least. */
  minSize?: number | undefined;
}

export interface SegmentOptions {
  pixelSize?: PixelSize;
  preview: boolean;
  /** Pixels that the model got, over those of the image: planes were reduced above 1 and enlarged below; absent: 1. */
  factor?: number;
  /** Absent: as the model says. */
  objects?: ObjectChoices;
  /** The one map has the objects already, each pixel the label of its own; 0: none. What else the model says of maps does not count. */
  given?: true;
  /** Also say which pixels belong to which object, for `measure`; with rings of so many pixels. */
  regions?: { ring?: number };
  /** Also give the samples of each object. */
  samples?: boolean;
}

export interface Segmentation {
  /** Number of objects; labels run 1..count without gaps, 0 is background. */
  count: number;
  labels: Uint32Array;
  measurements: Measurements;
  /** PNG: the plane with object outlines, at most 1024 pixels a side. */
  preview: Uint8Array;
  /** Where it was asked for. */
  regions?: Regions;
  samples?: RegionSamples;
  /** Where the model has classes. */
  classes?: ObjectClasses;
}

/** Turns maps into objects, measures them on the plane and draws them. */
export interface Segmenter {
  segment(plane: Plane, maps: Maps, options: SegmentOptions, signal?: AbortSignal): Promise<Segmentation>;
  /** Any channel of a plane, one sample a pixel, in the regions that segment found. */
  measure(
    plane: Plane,
    regions: Regions,
    options: { background: boolean; samples?: boolean },
    signal?: AbortSignal,
  ): Promise<ChannelMeasures>;
}
