import type { ByteSource } from '../image.ts';
import { type Arrangement, known, orderPages, pagesAsDepth, pixelSizeOf } from './arrangement.ts';
import { latin1 } from './directory.ts';
import { partialAlong } from './partial-stack.ts';
import { checkedPixelSize } from './pixel-size.ts';
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
  /** Byte of the file where the names and colours of the channels are, 0 where it has none. */
  channelColors: number;
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
    channelColors: view.getUint32(108, true),
  };
}

/** Names of channels, empty where there are none. Source: tifffile, read_lsm_channelcolors. */
export async function readLsmChannelNames(source: ByteSource, { channelColors: at }: LsmInfo): Promise<string[]> {
  if (at === 0 || at + 24 > source.size) return [];
  const head = new DataView((await source.read(at, 24)).slice().buffer);
  const [size, names, start] = [head.getUint32(0, true), head.getUint32(8, true), head.getUint32(16, true)];
  if (size > 1 << 16 || start < 24 || start >= size || at + size > source.size) return [];
  const bytes = await source.read(at + start, size - start);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: string[] = [];
  for (let next = 0; found.length < names && next + 4 < bytes.length; ) {
    const length = view.getUint32(next, true);
    if (length === 0 || next + 4 + length > bytes.length) return [];
    found.push(latin1(bytes.subarray(next + 4, next + 4 + length)).replace(/\0.*$/s, ''));
    next += 4 + length;
  }
  return found;
}

/** Scan types whose pages are planes in x and y; x-z and line scans keep another axis in the rows of a page. */
const flatScans: ReadonlySet<number> = new Set([0, 3, 6]);

/**
 * Depth runs fastest, then time, then position; channels are samples of a page. A time series that was stopped has fewer
 * pages than its header says.
 */
export function arrangeLsm(info: LsmInfo, pages: readonly number[], names: readonly string[]): Arrangement {
  const { depths, times, positions, voxel, scanType } = info;
  const flat = flatScans.has(scanType);
  const micrometres = (metres: number) => converted(metres * 1e6);
  const size = flat ? pixelSizeOf(micrometres(voxel.x), micrometres(voxel.y), micrometres(voxel.z)) : undefined;
  const own = {
    channelNames: [...names],
    ...(size && checkedPixelSize(size, 'its LSM header')),
    ...known(undefined, positive(info.timeStep)),
  };
  const says = `its LSM header (scan type ${scanType}) says ${depths} depths x ${times} times x ${positions} positions`;
  const [z, t] = flat ? [depths, times] : [1, 1];
  if (z * t * positions === pages.length)
    return {
      by: 'LSM',
      ...orderPages(
        [
          { name: 'P', size: positions },
          { name: 'T', size: t },
          { name: 'Z', size: z },
        ],
        pages,
      ),
      ...own,
    };
  if (!flat || positions > 1 || pages.length % depths !== 0) {
    const axes = [
      { name: 'P' as const, size: positions },
      { name: 'T' as const, size: t },
      { name: 'Z' as const, size: z },
    ];
    const part = flat ? partialAlong(axes, pages, 'its LSM header') : undefined;
    return part === undefined ? { ...pagesAsDepth('LSM', pages, says), ...own } : { by: 'LSM', ...part, ...own };
  }
  return {
    by: 'LSM',
    ...orderPages(
      [
        { name: 'T', size: pages.length / depths },
        { name: 'Z', size: depths },
      ],
      pages,
    ),
    ...own,
    notes: [`${says}, the file has ${pages.length} planes: ${pages.length / depths} times`],
  };
}
