import { Failure } from '../../core/errors.ts';
import { type Arrangement, known, pixelSizeOf } from './arrangement.ts';
import { converted, positive } from './units.ts';

/** What a Zeiss LSM file says of itself. Source: tifffile's CZ_LSMINFO; Zeiss, "LSM 510 file format" release 4.0. */
export interface LsmInfo {
  depths: number;
  times: number;
  /** Positions and mosaic tiles together. */
  positions: number;
  scanType: number;
  voxel: { x: number; y: number; z: number };
  timeStep: number;
}

/** Undefined when the tag is not the one of Zeiss. */
export function readLsmInfo(bytes: Uint8Array): LsmInfo | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < 120 || ![0x0300_494c, 0x0400_494c].includes(view.getUint32(0, true))) return undefined;
  const dimension = (at: number) => (at + 4 <= view.byteLength ? Math.max(1, view.getInt32(at, true)) : 1);
  return {
    depths: dimension(16),
    times: dimension(24),
    positions: dimension(264) * dimension(268),
    scanType: view.getUint16(88, true),
    voxel: { x: view.getFloat64(40, true), y: view.getFloat64(48, true), z: view.getFloat64(56, true) },
    timeStep: view.getFloat64(112, true),
  };
}

/** Depth runs fastest, then time, then position; channels are samples of a page. */
export function arrangeLsm(info: LsmInfo, pages: readonly number[]): Arrangement {
  const { depths, times, positions, voxel } = info;
  // x-z and line scans keep another axis in the rows of a page; as planes they are only what one page shows
  const planes = [0, 3, 6].includes(info.scanType) ? { depths, times, positions } : { depths: 1, times: 1, positions };
  if (planes.depths * planes.times * planes.positions !== pages.length)
    throw new Failure('imageUnsupported', {
      feature: `its LSM header (scan type ${info.scanType}) says ${depths} depths x ${times} times x ${positions} positions, the file has ${pages.length} planes`,
    });
  const micrometres = (metres: number) => converted(metres * 1e6);
  const flat = [0, 3, 6].includes(info.scanType);
  return {
    by: 'LSM',
    ...planes,
    channels: 1,
    pages: [...pages],
    channelNames: [],
    ...known(
      flat ? pixelSizeOf(micrometres(voxel.x), micrometres(voxel.y), micrometres(voxel.z)) : undefined,
      positive(info.timeStep),
    ),
  };
}

/** MetaMorph's UIC2 tag: for each plane the z distance (a rational) and dates of creation and change. Source: tifffile, read_uic2tag. */
export function arrangeMetaMorph(uic2: Uint8Array, little: boolean, pages: readonly number[]): Arrangement {
  const view = new DataView(uic2.buffer, uic2.byteOffset, uic2.byteLength);
  const distances = pages.map((_, i) => view.getUint32(i * 24, little) / view.getUint32(i * 24 + 4, little));
  const isStack = distances.every((distance) => distance > 0);
  return {
    by: 'MetaMorph',
    positions: 1,
    times: isStack ? 1 : pages.length,
    depths: isStack ? pages.length : 1,
    channels: 1,
    pages: [...pages],
    channelNames: [],
  };
}

/** tifffile's own description, `{"shape": [3, 2, 64, 64], "axes": "ZCYX"}`; undefined when it is something else. */
export function parseShaped(description: string): { shape: number[]; axes: string | undefined } | undefined {
  if (!description.startsWith('{"shape"')) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(description);
  } catch {
    return undefined;
  }
  const { shape, axes } = parsed as { shape?: unknown; axes?: unknown };
  if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && size > 0)) return undefined;
  return { shape, axes: typeof axes === 'string' && axes.length === shape.length ? axes.toUpperCase() : undefined };
}

/** Number of planes that a shape has, where its end fits the pages. */
export function shapedPlanes(shape: readonly number[], page: { height: number; width: number; samples: number }) {
  const endings = [
    [page.height, page.width],
    [page.height, page.width, page.samples],
    [page.samples, page.height, page.width],
  ];
  const ending = endings.find(
    (sizes) =>
      sizes.reduce((product, size) => product * size, 1) === page.height * page.width * page.samples &&
      sizes.every((size, i) => shape.at(i - sizes.length) === size),
  );
  if (ending === undefined) return undefined;
  return { leading: shape.slice(0, shape.length - ending.length), trailing: ending.length };
}

/** Undefined where its words do not fit the pages or name axes that planes do not have. */
export function arrangeShaped(
  { shape, axes }: { shape: number[]; axes: string | undefined },
  pages: readonly number[],
  page: { height: number; width: number; samples: number },
): Arrangement | undefined {
  const planes = shapedPlanes(shape, page);
  if (planes === undefined || axes === undefined) return undefined;
  const { leading } = planes;
  const names = axes.slice(0, leading.length);
  if (leading.reduce((product, size) => product * size, 1) !== pages.length) return undefined;
  if (new Set(names).size !== names.length || !/^[RPTZC]*$/.test(names) || (names.includes('R') && names.includes('P')))
    return undefined;
  const axis = (wanted: string) => {
    const at = [...names].findIndex((name) => wanted.includes(name));
    return at === -1
      ? { size: 1, stride: 0 }
      : { size: leading[at]!, stride: leading.slice(at + 1).reduce((product, size) => product * size, 1) };
  };
  const [p, t, z, c] = [axis('RP'), axis('T'), axis('Z'), axis('C')];
  const arranged: number[] = [];
  for (let position = 0; position < p.size; position++)
    for (let time = 0; time < t.size; time++)
      for (let depth = 0; depth < z.size; depth++)
        for (let channel = 0; channel < c.size; channel++)
          arranged.push(pages[position * p.stride + time * t.stride + depth * z.stride + channel * c.stride]!);
  return {
    by: 'tifffile',
    positions: p.size,
    times: t.size,
    depths: z.size,
    channels: c.size,
    pages: arranged,
    channelNames: [],
  };
}
