import { deserialize, serialize } from 'node:v8';
import type { ImageInfo, PixelSize } from '../../image/image.ts';
import { type LabelRuns, paintRuns } from '../../linking/label-runs.ts';
import { type DepthLinks, endLinks, linkPlane, type NumberedPlane, noLinks } from '../../linking/link-depth.ts';
import type { ObjectSums } from '../../linking/object-sums.ts';
import { addSurface, type CubeAreas, cubeAreas } from '../../linking/surface.ts';
import { type Frame, noTracks, type Tracks, trackFrame } from '../../linking/track-objects.ts';
import { addPlane, emptyVolumes, measureVolumes, type VolumeSums, volumesFor } from '../../linking/volumes.ts';
import type { Measurements } from '../../ports/predictor.ts';
import { measurementRows } from './encode.ts';
import type { Counted, LabelledPlane, ObjectCount, PlaneObjects, Section } from './object-count.ts';
import type { PlanePosition } from './plane-indices.ts';

/** Of the stack in work and the position it is at; plain values, so that they can be kept between two deliveries. */
interface State {
  links: DepthLinks;
  /** Of the plane whose numbers wait for the next one. */
  waiting?: ObjectSums;
  volumes: VolumeSums;
  /** The last plane that is settled. */
  upper?: NumberedPlane;
  /** Settled planes of this time point, where there are several. */
  frame: NumberedPlane[];
  tracks: Tracks;
  /** The table has its header. */
  header: boolean;
}

/**
 * Links the objects of a stack across depth, and tracks them over time; positions are each for themselves. Of a stack at
 * most three planes are in memory, as runs; of a recording the last two time points. `saved`: as an earlier delivery left it.
 */
export function linkedPlanes(info: ImageInfo, saved?: Uint8Array): ObjectCount {
  const state: State =
    saved === undefined
      ? { links: noLinks(), volumes: emptyVolumes(), frame: [], tracks: noTracks(), header: false }
      : (deserialize(saved) as State);
  const { pixelSize, times, depths } = info;
  const areas = hasSpacing(pixelSize) ? cubeAreas(pixelSize) : undefined;

  /** Rows of one time point, whose objects have the tracks. */
  const finish = (
    at: PlanePosition,
    measurements: Measurements,
    frame: Omit<Frame, 'planes'>,
    widest?: Float64Array,
  ) => {
    const tracks = times > 1 ? trackFrame(state.tracks, { ...frame, planes: state.frame }) : undefined;
    const columns = tracks ? { ...measurements, track: Float64Array.from(tracks) } : measurements;
    const rows = measurementRows({ ...at, depth: widest ?? at.depth }, columns, !state.header);
    const isLast = at.time === times - 1;
    const objects = times === 1 ? frame.size.length : isLast ? state.tracks.count : 0;
    state.header = true;
    state.frame = [];
    if (isLast) state.tracks = noTracks();
    return { rows, objects };
  };

  const takePlane = ({ position, segmentation }: PlaneObjects, { runs, sums }: Section): Counted => {
    const numbers = Uint32Array.from({ length: runs.count }, (_, i) => i + 1);
    state.frame.push({ runs, numbers });
    const frame = frameOf(sums, sums.area, pixelSize);
    return {
      planes: [painted({ runs, numbers })],
      ...finish(position, segmentation.measurements, frame),
      volumes: 0,
      voxels: 0,
    };
  };

  const settle = (plane: NumberedPlane, depth: number): LabelledPlane => {
    state.volumes = volumesFor(state.volumes, state.links.count);
    addPlane(state.volumes, state.waiting!, plane.numbers, depth);
    if (areas !== undefined) addPlaneSurface(state, areas, plane);
    state.upper = plane;
    if (times > 1) state.frame.push(plane);
    return painted(plane);
  };

  const endStack = (at: PlanePosition): Omit<Counted, 'planes'> => {
    const { volumes, links } = state;
    if (areas !== undefined) addPlaneSurface(state, areas, undefined);
    const measurements = measureVolumes(volumes, links.count, pixelSize);
    const size = measurements.volume_voxels!;
    const { sumX, sumY } = volumes.sums;
    const frame = frameOf({ area: size, sumX, sumY }, volumes.widestArea, pixelSize, volumes.sumZ);
    const finished = finish(at, measurements, frame, volumes.widest);
    state.links = noLinks();
    state.volumes = emptyVolumes();
    delete state.waiting;
    delete state.upper;
    return { ...finished, volumes: size.length, voxels: size.reduce((sum, voxels) => sum + voxels, 0) };
  };

  return {
    get waiting() {
      return state.waiting === undefined ? 0 : 1;
    },
    take(objects) {
      const { position, section } = objects;
      if (depths === 1) return takePlane(objects, section!);
      const planes: LabelledPlane[] = [];
      const before = linkPlane(state.links, section!.runs);
      if (before !== undefined) planes.push(settle(before, position.depth - 1));
      state.waiting = section!.sums;
      if (position.depth < depths - 1) return { planes, rows: '', objects: 0, volumes: 0, voxels: 0 };
      planes.push(settle(endLinks(state.links)!, position.depth));
      return { planes, ...endStack(position) };
    },
    save: () => serialize(state),
  };
}

const hasSpacing = (size: PixelSize | undefined): size is Required<PixelSize> => size?.z !== undefined;

const addPlaneSurface = ({ volumes, upper }: State, areas: CubeAreas, lower: NumberedPlane | undefined): void =>
  addSurface(volumes.surface, areas, upper, lower);

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
