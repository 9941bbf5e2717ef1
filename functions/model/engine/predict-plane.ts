import { Failure } from '../../core/errors.ts';
import type { Maps, PlaneFacts } from '../../ports/predictor.ts';
import type { ModelDescription } from '../package/description.ts';
import { mapNames } from '../package/maps.ts';
import type { Operation } from '../package/operations.ts';
import { applySteps, needsStatistics, type Step } from './apply.ts';
import { type FiniteFill, finiteFill, mapSource, pixelSource, readWindow, type SharedPlane } from './pixels.ts';
import type { Session } from './session.ts';
import { resolveSteps } from './statistics.ts';
import type { Span, TilePlan } from './tiles.ts';

/** One plane on its way through the model; plain data on shared memory, so that every worker can take a part. */
export interface PlaneTask {
  planes: SharedPlane[];
  /** One a map, of `mapSize`; each tile writes its own part. */
  maps: Float32Array[];
  plan: Pick<TilePlan, 'height' | 'width'>;
  facts: PlaneFacts | undefined;
}

export interface TilePosition {
  y: Span;
  x: Span;
}

/** What is settled once a plane, before its tiles. */
export interface Prepared {
  steps: Step[];
  /** One a plane. */
  fills: FiniteFill[];
}

export function preparePlane(task: PlaneTask, { input }: ModelDescription): Prepared {
  const fills = task.planes.map(finiteFill);
  return { steps: resolveSteps(input.preprocessing, pixelSource(task.planes, fills)), fills };
}

/** Postprocessing up to the first step that needs statistics is done tile by tile, the rest on the whole maps. */
function split(operations: readonly Operation[]): { early: Step[]; late: Operation[] } {
  const at = operations.findIndex(needsStatistics);
  const cut = at < 0 ? operations.length : at;
  return { early: operations.slice(0, cut) as Step[], late: operations.slice(cut) };
}

export const hasLateSteps = ({ outputs }: ModelDescription): boolean =>
  outputs.some(({ postprocessing }) => postprocessing.some(needsStatistics));

/** Predicts one tile and writes its core into the maps. Throws `modelFailed`. */
export async function predictTile(
  task: PlaneTask,
  { steps, fills }: Prepared,
  { y, x }: TilePosition,
  description: ModelDescription,
  session: Session,
): Promise<void> {
  const { outputs } = description;
  const plane = task.planes[0]!;
  const { crop, grid } = outputs[0]!;
  const stride = mapSize(description, plane.height, plane.width).width;
  const { height: rows, width: columns } = task.plan;
  const window = { top: y.start - crop, left: x.start - crop, height: rows + 2 * crop, width: columns + 2 * crop };
  const pixels = window.height * window.width;

  const source = pixelSource(task.planes, fills);
  const input = session.input(window.height, window.width);
  const channels = task.planes.map((_, c) => input.subarray(c * pixels, (c + 1) * pixels));
  channels.forEach((channel, c) => void readWindow(source, plane, c, window, channel));
  applySteps(steps, channels, 0, pixels);

  const tiles = await session.run(window.height, window.width, task.facts);
  let first = 0;
  for (const output of outputs) {
    const own = tiles.slice(first, first + output.channels.length);
    const maps = task.maps.slice(first, first + output.channels.length);
    first += output.channels.length;
    const { early } = split(output.postprocessing);
    const [left, width] = [x.from / grid, Math.ceil(x.to / grid) - x.from / grid];
    for (let row = y.from / grid; row < y.to / grid; row++) {
      const from = (row - y.start / grid) * (columns / grid) + left - x.start / grid;
      applySteps(early, own, from, from + width);
      own.forEach((tile, c) => void copyNumbers(tile, from, from + width, maps[c]!, row * stride + left));
    }
  }
}

/** Copies a row of results. A sum tells whether there is a NaN among them, faster than asking each. */
function copyNumbers(from: Float32Array, start: number, end: number, to: Float32Array, at: number): void {
  let sum = 0;
  for (let i = start, o = at; i < end; i++, o++) {
    const value = from[i]!;
    to[o] = value;
    sum += value;
  }
  if (Number.isNaN(sum)) throw new Failure('modelFailed', { detail: 'it returned values that are no numbers' });
}

/** What postprocessing does to whole maps, in place: steps whose statistics are those of the plane. */
export function finishPlane({ maps: all, planes }: PlaneTask, { outputs }: ModelDescription): void {
  let first = 0;
  for (const { channels, postprocessing } of outputs) {
    const maps = all.slice(first, first + channels.length);
    first += channels.length;
    const { late } = split(postprocessing);
    if (late.length === 0) continue;
    const input = pixelSource(planes, planes.map(finiteFill));
    applySteps(resolveSteps(late, mapSource(maps), input), maps, 0, maps[0]!.length);
  }
}

/** Rows and columns of the maps of a plane: one sample every `grid` pixels, the first at the plane's first. */
export function mapSize(
  { outputs, settings }: ModelDescription,
  height: number,
  width: number,
): Pick<Maps, 'height' | 'width' | 'grid'> {
  const { grid } = outputs[0]!;
  const hasGrid = settings.instances.method === 'stardist'; // of 1 too: its maps are not resampled
  return { height: Math.ceil(height / grid), width: Math.ceil(width / grid), ...(hasGrid && { grid }) };
}

/** Shared memory for the maps of one plane. */
export function allocateMaps(description: ModelDescription, height: number, width: number): Float32Array[] {
  const size = mapSize(description, height, width);
  return mapNames(description).map(() => new Float32Array(new SharedArrayBuffer(4 * size.height * size.width)));
}
