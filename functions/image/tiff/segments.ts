import { Failure } from '../../core/errors.ts';
import { codecs } from './compression.ts';
import { type Directory, type Format, inlineNumber } from './directory.ts';
import { numbers } from './field-values.ts';
import { type Layout, rowBytes } from './layout.ts';
import { tag, tagName } from './tags.ts';
import type { Window } from './window.ts';

/** Where the strips or tiles of a page are in the file. */
export interface Ranges {
  offsets: Float64Array;
  /** Bytes of each; for uncompressed ones what its rows need, whatever more the file claims. */
  lengths: Float64Array;
}

const segmentCount = ({ across, down, planar, samples }: Layout): number => across * down * (planar ? samples : 1);

/** Rows that strip or tile `index` holds; tiles are always whole. */
export function rowsOf(layout: Layout, index: number): number {
  if (layout.tiled) return layout.segmentHeight;
  const first = (index % layout.down) * layout.segmentHeight;
  return Math.min(layout.segmentHeight, layout.height - first);
}

/**
 * Reads and checks where the data of a page lies. Too many strips are ignored, as libtiff does: each is checked against its own rows.
 * Throws imageBroken where the file cannot hold what the directory claims, before anything of that size is allocated.
 */
export async function readRanges(
  window: Window,
  format: Format,
  directory: Directory,
  layout: Layout,
  lsm: boolean,
): Promise<Ranges> {
  const kind = layout.tiled ? 'tile' : 'strip';
  const count = segmentCount(layout);
  const column = async (tags: number[]): Promise<Float64Array | undefined> => {
    const field = tags.map((number) => directory.fields.get(number)).find((found) => found !== undefined);
    if (field === undefined) return undefined;
    const only = count === 1 ? inlineNumber(directory, format, field) : undefined;
    if (only !== undefined) return Float64Array.of(only);
    if (field.count < count)
      throw new Failure('imageBroken', { detail: `${tagName(field.tag)} lists ${field.count} of ${count} ${kind}s` });
    return numbers(window, format, { ...field, count });
  };
  const own = layout.tiled ? [tag.tileOffsets, tag.stripOffsets] : [tag.stripOffsets, tag.tileOffsets];
  const offsets = await column(own);
  if (offsets === undefined) throw new Failure('imageBroken', { detail: `${tagName(own[0]!)} is missing` });
  const claimed = await column(
    layout.tiled ? [tag.tileByteCounts, tag.stripByteCounts] : [tag.stripByteCounts, tag.tileByteCounts],
  );
  const codec = codecs[layout.compression];
  if (claimed === undefined && codec !== undefined)
    throw new Failure('imageBroken', { detail: `${tagName(tag.stripByteCounts)} is missing for compressed ${kind}s` });

  const lengths = new Float64Array(count);
  let total = 0;
  for (let i = 0; i < count; i++) {
    const needed = rowsOf(layout, i) * rowBytes(layout);
    const offset = offsets[i]!;
    const length = claimed === undefined ? needed : claimed[i]!;
    if (offset === 0 || length === 0)
      throw new Failure('imageUnsupported', {
        feature: `${kind} ${i} is left out (a sparse file); its pixels are not known`,
      });
    if (codec === undefined && length < needed)
      throw new Failure('imageBroken', { detail: `${kind} ${i} has ${length} of ${needed} bytes` });
    // LSM 510 gives the size before compression; the end code tells where the data ends
    const used = codec === undefined ? needed : lsm ? Math.min(length, window.size - offset) : length;
    if (!(offset > 0 && used > 0 && offset + used <= window.size))
      throw new Failure('imageBroken', {
        detail: `${kind} ${i} lies outside the file (bytes ${offset} to ${offset + used} of ${window.size})`,
      });
    if (codec !== undefined && needed > used * codec.ratio + 4096)
      throw new Failure('imageBroken', { detail: `${kind} ${i} cannot become ${needed} bytes from ${used}` });
    lengths[i] = used;
    total += used;
  }
  if (total > 2 * window.size)
    throw new Failure('imageBroken', { detail: `its ${kind}s claim ${total} bytes, the file has ${window.size}` });
  return { offsets, lengths };
}
