import type { PlaneMode } from '../../core/plane-mode.ts';
import type { ImageInfo, Plane } from '../../image/image.ts';
import { type LabelRuns, runsOf } from '../../linking/label-runs.ts';
import { type ObjectSums, sumSections } from '../../linking/object-sums.ts';
import type { Segmentation } from '../../ports/predictor.ts';
import type { RegionMap } from '../../regions/region-map.ts';
import { measurementRows } from './encode.ts';
import { type Columns, classColumns, countClasses, type Judged, type Measured } from './measure-channels.ts';
import type { PlanePosition } from './plane-indices.ts';
import { regionColumn } from './region-column.ts';

/** A plane's objects as linking needs them, when its pixels are gone. */
export interface Section {
  runs: LabelRuns;
  sums: ObjectSums;
}

export interface PlaneObjects {
  position: PlanePosition;
  segmentation: Segmentation;
  /** Only where planes are linked. */
  section?: Section;
  /** Of every channel, where there is more to measure than the plane itself. */
  measured?: Measured;
}

/** A plane of the label image. */
export interface LabelledPlane {
  highest: number;
  /** Rows x columns. */
  paint(type: 'uint16' | 'uint32'): Uint16Array | Uint32Array;
}

/** What is settled once a plane has come. */
export interface Counted {
  /** In the order in which they came. */
  planes: LabelledPlane[];
  /** Of measurements.csv. */
  rows: string;
  /** More objects, each once. */
  objects: number;
  /** How many rows are of each class; empty where the model has none. */
  classes: Record<string, number>;
  /** How objects stand to the rules of positive ones, a plane or stack each. */
  judged: Judged[][];
  /** More linked volumes and their voxels. */
  volumes: number;
  voxels: number;
}

/** Counts the objects of one image, whose planes come one after the other. */
export interface ObjectCount {
  take(objects: PlaneObjects): Counted;
  /** Planes that came and are not settled. */
  readonly waiting: number;
  /** What a later delivery needs to go on. */
  save(): Uint8Array | undefined;
}

/** Whether objects of several planes are linked: all but planes that count each by itself. */
export const isLinked = (mode: PlaneMode, { times, depths }: Pick<ImageInfo, 'times' | 'depths'>): boolean =>
  mode !== 'each' && (times > 1 || depths > 1);

export const sectionOf = ({ height, width, data }: Plane, { labels, count }: Segmentation): Section => {
  const runs = runsOf(labels, { height, width, count });
  return { runs, sums: sumSections(runs, data) };
};

export const judgedIn = (measured: Measured | undefined): Judged[][] =>
  measured === undefined || measured.judged.length === 0 ? [] : [measured.judged];

/** Each plane by itself, with labels of its own. `first`: no plane of the image came before. */
export function eachPlane(first: boolean, regions?: RegionMap): ObjectCount {
  let header = first;
  return {
    waiting: 0,
    take({ position, segmentation, measured }) {
      const { labels, count, measurements } = segmentation;
      const columns: Columns = {
        ...measurements,
        ...classColumns(segmentation),
        ...regionColumn(regions, measurements, position),
        ...measured?.columns,
      };
      const rows = measurementRows(position, columns, header);
      header = false;
      const paint: LabelledPlane['paint'] = (type) => (type === 'uint16' ? Uint16Array.from(labels) : labels);
      return {
        planes: [{ highest: count, paint }],
        rows,
        objects: count,
        classes: countClasses(columns),
        judged: judgedIn(measured),
        volumes: 0,
        voxels: 0,
      };
    },
    save: () => undefined,
  };
}
