import { deserialize, serialize } from 'node:v8';
import type { ImageInfo, PixelSize } from '../../image/image.ts';
import { type LabelRuns, paintRuns } from '../../linking/label-runs.ts';
import { type DepthLinks, endLinks, linkPlane, type NumberedPlane, noLinks } from '../../linking/link-depth.ts';
import type { ObjectSums } from '../../linking/object-sums.ts';
import { addSurface, type CubeAreas, cubeAreas } from '../../linking/surface.ts';
import { type Frame, noTracks, type Tracks, trackFrame } from '../../linking/track-objects.ts';
import {
  addPlane,
  emptyVolumes,
  measureVolumes,
  type Sections,
  type VolumeSums,
  volumesFor,
} from '../../linking/volumes.ts';
import type { Measurements, ObjectClasses } from '../../ports/predictor.ts';
import type { RegionMap } from '../../regions/region-map.ts';
import { measurementRows } from './encode.ts';
import { addChannels, channelsOf, type LinkedChannels, noChannels } from './linked-channels.ts';
import {
  type ChannelsOfObjects,
  type Columns,
  classColumns,
  countClasses,
  type Measured,
  type MeasurePlan,
  withColumns,
} from './measure-channels.ts';
import { type Counted, judgedIn, type LabelledPlane, type ObjectCount, type PlaneObjects } from './object-count.ts';
import type { PlanePosition } from './plane-indices.ts';
import { regionColumn } from './region-column.ts';

/** Of the stack in work and the position it is at; plain values, so that they can be kept between two deliveries. */
interface State {
  links: DepthLinks;
  /** Of the plane whose numbers wait for the next one. */
  waiting?: { sections: Sections; channels?: ChannelsOfObjects; classes?: ObjectClasses };
  volumes: VolumeSums;
  /** Where there is more to measure than the plane that is predicted. */
  channels?: LinkedChannels;
  /** By number less 1, of the widest section; where the model has classes. */
  classes?: { names: string[]; probability: number[] };
  /** The last plane that is settled. */
  upper?: NumberedPlane;
  /** Settled planes of this time point, where there are several. */
  frame: NumberedPlane[];
  tracks: Tracks;
  /** The table has its header. */
  header: boolean;
}

/** Columns of the objects of one time point. */
interface TimePoint {
  at: PlanePosition;
  measurements: Measurements;
  classes: Columns;
  measured: Measured | undefined;
  frame: Omit<Frame, 'planes'>;
  /** Of each object; else that of `at`. */
  depth?: Float64Array;
}

/** What the objects of an image are linked and measured with. */
export interface LinkedWork {
  info: ImageInfo;
  measures: MeasurePlan | undefined;
  regions?: RegionMap | undefined;
}

/**
 * Links the objects of a stack across depth, and tracks them over time; positions are each for themselves. Of a stack at
 * most three planes are in memory, as runs; of a recording the last two time points.
 */
export class LinkedCount implements ObjectCount {
  readonly #info: ImageInfo;
  readonly #plan: MeasurePlan | undefined;
  readonly #regions: RegionMap | undefined;
  readonly #areas: CubeAreas | undefined;
  readonly #state: State;

  /** `saved`: as an earlier delivery left it. */
  constructor({ info, measures, regions }: LinkedWork, saved?: Uint8Array) {
    this.#info = info;
    this.#plan = measures;
    this.#regions = regions;
    const { pixelSize } = info;
    this.#areas = pixelSize?.z === undefined ? undefined : cubeAreas({ ...pixelSize, z: pixelSize.z });
    this.#state =
      saved === undefined
        ? { links: noLinks(), volumes: emptyVolumes(), frame: [], tracks: noTracks(), header: false }
        : (deserialize(saved) as State);
  }

  get waiting(): number {
    return this.#state.waiting === undefined ? 0 : 1;
  }

  save(): Uint8Array {
    return serialize(this.#state);
  }

  take(objects: PlaneObjects): Counted {
    const { position, section, segmentation, measured } = objects;
    if (this.#info.depths === 1) return this.#takeTimePoint(objects);
    const state = this.#state;
    const planes: LabelledPlane[] = [];
    const before = linkPlane(state.links, section!.runs);
    if (before !== undefined) planes.push(this.#settle(before, position.depth - 1));
    state.waiting = { sections: { sums: section!.sums, samples: segmentation.samples! } };
    if (measured !== undefined) state.waiting.channels = channelsAlone(measured);
    if (segmentation.classes !== undefined) state.waiting.classes = segmentation.classes;
    if (position.depth < this.#info.depths - 1)
      return { planes, rows: '', objects: 0, classes: {}, judged: [], volumes: 0, voxels: 0 };
    planes.push(this.#settle(endLinks(state.links)!, position.depth));
    return { planes, ...this.#endStack(position) };
  }

  /** Of a recording without depth: a plane is a time point. */
  #takeTimePoint({ position: at, segmentation, section, measured }: PlaneObjects): Counted {
    const { runs, sums } = section!;
    const plane = { runs, numbers: Uint32Array.from({ length: runs.count }, (_, i) => i + 1) };
    this.#state.frame.push(plane);
    const frame = frameOf(sums, sums.area, this.#info.pixelSize);
    const { measurements } = segmentation;
    const ended = this.#endTimePoint({ at, measurements, classes: classColumns(segmentation), measured, frame });
    return { planes: [painted(plane)], ...ended, volumes: 0, voxels: 0 };
  }

  /** The plane that waited has its numbers. */
  #settle(plane: NumberedPlane, depth: number): LabelledPlane {
    const state = this.#state;
    const { sections, channels, classes } = state.waiting!;
    const { count } = state.links;
    state.volumes = volumesFor(state.volumes, count);
    addPlane(state.volumes, sections, plane.numbers, depth);
    if (channels !== undefined) {
      state.channels ??= noChannels(this.#plan!);
      addChannels(state.channels, channels, { numbers: plane.numbers, count, depth });
    }
    if (classes !== undefined) this.#takeClasses(classes, plane.numbers, depth);
    this.#addSurface(plane);
    state.upper = plane;
    if (this.#info.times > 1) state.frame.push(plane);
    return painted(plane);
  }

  /** Of the objects that are widest in this plane. */
  #takeClasses({ names, probability }: ObjectClasses, numbers: Uint32Array, depth: number): void {
    this.#state.classes ??= { names: [], probability: [] };
    const { classes, volumes } = this.#state;
    for (let i = 0; i < numbers.length; i++) {
      const to = numbers[i]! - 1;
      if (volumes.widest[to] !== depth) continue;
      classes.names[to] = names[i]!;
      classes.probability[to] = probability[i]!;
    }
  }

  #addSurface(lower: NumberedPlane | undefined): void {
    const { volumes, upper } = this.#state;
    if (this.#areas !== undefined) addSurface(volumes.surface, this.#areas, upper, lower);
  }

  #endStack(at: PlanePosition): Omit<Counted, 'planes'> {
    const state = this.#state;
    const { pixelSize } = this.#info;
    this.#addSurface(undefined);
    const { volumes, links, channels, classes } = state;
    const { count } = links;
    const measurements = measureVolumes(volumes, count, pixelSize);
    const size = measurements.volume_voxels!;
    const { sumX, sumY } = volumes.sums;
    const ended = this.#endTimePoint({
      at,
      measurements,
      classes: classes
        ? classColumns({ classes: { ...classes, probability: Float64Array.from(classes.probability) } })
        : {},
      measured: channels && withColumns(this.#plan!, channelsOf(channels, count)),
      frame: frameOf({ area: size, sumX, sumY }, volumes.widestArea, pixelSize, volumes.sumZ),
      depth: volumes.widest,
    });
    this.#startStack();
    return { ...ended, volumes: count, voxels: size.reduce((sum, voxels) => sum + voxels, 0) };
  }

  #startStack(): void {
    const state = this.#state;
    state.links = noLinks();
    state.volumes = emptyVolumes();
    for (const key of ['waiting', 'channels', 'classes', 'upper'] as const) delete state[key];
  }

  /** Rows of one time point, whose objects get their tracks. Undecided cells must stay the last. */
  #endTimePoint({ at, measurements, classes, measured, frame, depth }: TimePoint) {
    const state = this.#state;
    const { times } = this.#info;
    const track: Columns = times > 1 ? { track: trackFrame(state.tracks, { ...frame, planes: state.frame }) } : {};
    const region = regionColumn(this.#regions, measurements);
    const columns = { ...measurements, ...track, ...classes, ...region, ...measured?.columns };
    const rows = measurementRows({ ...at, depth: depth ?? at.depth }, columns, !state.header);
    const isLast = at.time === times - 1;
    const objects = times === 1 ? frame.size.length : isLast ? state.tracks.count : 0;
    state.header = true;
    state.frame = [];
    if (isLast) state.tracks = noTracks();
    return { rows, objects, classes: countClasses(classes), judged: judgedIn(measured) };
  }
}

/** Without what is written of one plane. */
const channelsAlone = ({ count, channels, ringArea, limits }: Measured): ChannelsOfObjects => ({
  count,
  channels,
  ...(ringArea && { ringArea }),
  limits,
});

const painted = ({ runs, numbers }: NumberedPlane): LabelledPlane => ({
  highest: numbers.reduce((most, number) => Math.max(most, number), 0),
  paint(type) {
    const pixels = pixelsOf(runs);
    const data = type === 'uint16' ? new Uint16Array(pixels) : new Uint32Array(pixels);
    paintRuns(runs, numbers, data);
    return data;
  },
});

const pixelsOf = ({ height, width }: LabelRuns): number => height * width;

/** What tracking compares, in micrometres where the pixel size is known. */
function frameOf(
  { area, sumX, sumY }: Pick<ObjectSums, 'area' | 'sumX' | 'sumY'>,
  widest: Float64Array,
  pixelSize: PixelSize | undefined,
  sumZ?: Float64Array,
): Omit<Frame, 'planes'> {
  const { x, y, z = 0 } = pixelSize ?? { x: 1, y: 1 };
  const centre = (sums: Float64Array | undefined, step: number) => area.map((n, i) => ((sums?.[i] ?? 0) / n) * step);
  return {
    size: area,
    centres: [centre(sumX, x), centre(sumY, y), centre(sumZ, z)],
    diameters: area.map((_, i) => Math.sqrt((4 * widest[i]! * x * y) / Math.PI)),
  };
}
