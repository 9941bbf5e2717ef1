import { giveWay } from '../../async/give-way.ts';
import { Failure } from '../../core/errors.ts';
import type { ByteSource } from '../image.ts';

/** Small reads of neighbouring bytes are served from one window, so that a file of many directories is not read in crumbs. */
export interface Window {
  readonly size: number;
  /** A view that must not be changed and is valid now only. `what` names it in the failure when it lies outside the file. */
  view(offset: number, length: number, what: string): Promise<DataView>;
  /** The same where the bytes are there already. */
  viewNow(offset: number, length: number): DataView | undefined;
  /** A copy of bytes `from` to `to` of a view, which stays. */
  keep(view: DataView, from: number, to: number): DataView;
}

/** Bytes that are read beyond what is asked for: at first and after a leap, and at most where one read follows the other. */
interface Reach {
  least: number;
  most: number;
  /** Leaps over up to so many bytes are read through. */
  gap: number;
}

/** Reading through is dearer than a leap where a read costs 2 µs, cheaper where it is a request. */
const fileReach: Reach = { least: 1 << 10, most: 1 << 18, gap: 1 << 11 };
const otherReach: Reach = { least: 1 << 12, most: 1 << 20, gap: 1 << 16 };
/** Memory for what is kept is taken in such pieces. */
const slabBytes = 1 << 16;

export function windowOver(source: ByteSource): Window {
  const reach = source.readIntoNow === undefined ? otherReach : fileReach;
  let start = 0;
  let held = new Uint8Array(0);
  let ahead = reach.least;
  let slab = new Uint8Array(0);
  let used = 0;
  const viewNow = (offset: number, length: number): DataView | undefined =>
    offset >= start && offset + length <= start + held.length
      ? new DataView(held.buffer, held.byteOffset + offset - start, length)
      : undefined;
  return {
    size: source.size,
    viewNow,
    async view(offset, length, what) {
      if (!(offset >= 0 && length >= 0 && offset + length <= source.size))
        throw new Failure('imageBroken', {
          detail: `${what} lies outside the file (bytes ${offset} to ${offset + length} of ${source.size})`,
        });
      const found = viewNow(offset, length);
      if (found !== undefined) return found;
      const follows = offset >= start && offset <= start + held.length + reach.gap;
      ahead = follows ? Math.min(2 * ahead, reach.most) : reach.least;
      const wanted = Math.max(length, Math.min(ahead, source.size - offset));
      let bytes: Uint8Array;
      if (source.readIntoNow !== undefined && wanted <= reach.most) {
        const turn = giveWay();
        if (turn !== undefined) await turn;
        bytes = new Uint8Array(wanted); // not what is held: others may look at that
        source.readIntoNow(offset, bytes);
      } else bytes = await source.read(offset, wanted);
      if (length > reach.most) return new DataView(bytes.buffer, bytes.byteOffset, length); // too large to keep
      held = bytes as Uint8Array<ArrayBuffer>;
      start = offset;
      return new DataView(held.buffer, held.byteOffset, length);
    },
    keep(view, from, to) {
      const length = to - from;
      if (used + length > slab.length) {
        slab = new Uint8Array(Math.max(slabBytes, length));
        used = 0;
      }
      slab.set(new Uint8Array(view.buffer, view.byteOffset + from, length), used);
      used += length;
      return new DataView(slab.buffer, used - length, length);
    },
  };
}
