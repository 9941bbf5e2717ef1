import { Failure } from '../../core/errors.ts';
import { type Arrangement, type AxisName, known, pagesAsDepth } from './arrangement.ts';
import { partialStack } from './partial-stack.ts';
import { checkedPixelSize } from './pixel-size.ts';
import { arrangedBy, type Coordinates, gridOf, stepOf } from './plane-coordinates.ts';
import { converted, positive } from './units.ts';

/** What Micro-Manager and NDTiff write of each plane. Source: NDTiff specification, "Image metadata"; Micro-Manager, "Files on disk". */
export interface PlaneMetadata {
  /** NDTiff: axes by name. */
  axes?: Record<string, number | string>;
  /** Micro-Manager: indices of the plane. */
  index: Record<AxisName, number>;
  channelName?: string;
  pixelSizeUm?: number;
  zUm?: number;
  exposureMs?: number;
  elapsedMs?: number;
}

/** Undefined where the text is no JSON object that says where its plane stands. */
export function parsePlaneMetadata(text: string): PlaneMetadata | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined; // not JSON: words for another program
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const fields = parsed as Record<string, unknown>;
  const number = (...keys: string[]) => keys.map((key) => fields[key]).find((value) => typeof value === 'number');
  const { Axes: axes, Channel: channel } = fields;
  const isAxes =
    typeof axes === 'object' &&
    axes !== null &&
    Object.values(axes).every((value) => ['number', 'string'].includes(typeof value));
  if (!isAxes && number('ChannelIndex', 'SliceIndex', 'FrameIndex') === undefined) return undefined;
  const optional = {
    channelName: typeof channel === 'string' && channel !== '' ? channel : undefined,
    pixelSizeUm: number('PixelSizeUm', 'PixelSize_um'),
    zUm: number('ZPositionUm', 'ZPosition_um_Intended'),
    exposureMs: number('Exposure-ms', 'Exposure'),
    elapsedMs: number('ElapsedTime-ms'),
  };
  return {
    ...(isAxes && { axes: axes as Record<string, number | string> }),
    index: {
      C: number('ChannelIndex') ?? 0,
      Z: number('SliceIndex') ?? 0,
      T: number('FrameIndex') ?? 0,
      P: number('PositionIndex') ?? 0,
    },
    ...(Object.fromEntries(
      Object.entries(optional).filter(([, value]) => value !== undefined),
    ) as Partial<PlaneMetadata>),
  };
}

const axisOf: Record<string, AxisName> = { time: 'T', z: 'Z', channel: 'C', position: 'P' };

/** Axes that planes do not have (rows and columns of a grid, the user's own) make positions together. */
function coordinatesOf({ axes, index }: PlaneMetadata): Coordinates {
  if (axes === undefined) return index;
  const at: Coordinates = {};
  const others: [string, number | string][] = [];
  for (const [name, value] of Object.entries(axes)) {
    const axis = axisOf[name.toLowerCase()];
    if (axis === undefined || at[axis] !== undefined) others.push([name, value]);
    else at[axis] = value;
  }
  if (others.length > 0) at.P = JSON.stringify([at.P ?? 0, ...others.sort(([a], [b]) => (a < b ? -1 : 1))]);
  return at;
}

/** Arranges pages by the metadata of each. */
export function arrangeMicroManager(planes: readonly PlaneMetadata[], pages: readonly number[]): Arrangement {
  const first = planes[0];
  if (first === undefined) throw new Failure('imageBroken', { detail: 'it has no plane' });
  const by = first.axes === undefined ? 'Micro-Manager' : 'NDTiff';
  const coordinates = planes.map(coordinatesOf);
  const whole = gridOf(coordinates, pages);
  const part = whole === undefined ? partialStack(coordinates, pages) : undefined;
  const grid = whole ?? part;
  const um = positive(first.pixelSizeUm);
  const exposure = converted((first.exposureMs ?? Number.NaN) / 1000);
  const exposed = exposure === undefined ? {} : { exposureTime: exposure };
  const plane = um === undefined ? undefined : { x: um, y: um };
  if (grid === undefined)
    return {
      ...pagesAsDepth(by, pages, `the metadata of its planes (${by}) make no whole stack`),
      ...(plane && checkedPixelSize(plane, `its ${by} metadata`)),
      ...exposed,
    };
  const at = new Map(pages.map((page, i) => [page, planes[i]!]));
  const { values } = grid;
  const arranged = arrangedBy(grid);
  const { channels, depths, times } = arranged;
  const one = (time: number, depth: number, channel: number) =>
    at.get(arranged.pages[(time * depths + depth) * channels + channel]!)!;
  const step = stepOf(Array.from({ length: depths }, (_, depth) => one(0, depth, 0).zUm));
  const elapsed = stepOrMean(Array.from({ length: times }, (_, time) => one(time, 0, 0).elapsedMs));
  const size = plane && { ...plane, ...(step !== undefined && { z: step }) };
  return {
    by,
    ...arranged,
    channelNames: values.C.map((value, channel) =>
      typeof value === 'string' ? value : one(0, 0, channel).channelName,
    ),
    ...(size && checkedPixelSize(size, `its ${by} metadata`)),
    ...known(undefined, converted((elapsed ?? Number.NaN) / 1000)),
    ...exposed,
    ...(part !== undefined && { notes: part.notes }),
  };
}

/** Mean distance of rising numbers: times are never quite even. */
function stepOrMean(values: readonly (number | undefined)[]): number | undefined {
  const [first, last] = [values[0], values.at(-1)];
  if (values.length < 2 || first === undefined || last === undefined || last <= first) return undefined;
  return (last - first) / (values.length - 1);
}
