/** Where Fiji has set the ROI in a stack, zero-based; absent where it holds for all. */
export interface RoiPosition {
  depth?: number;
  time?: number;
  /** Of the stack with channels, depths and times one after the other, channels fastest. */
  slice?: number;
}

/** Offsets of the second header of a ROI of Fiji. Source: ij/io/RoiDecoder.java of ImageJ 1.54. */
const at = { depth: 8, time: 12, name: 16, nameLength: 20 };
const header2Bytes = 36;

const hasHeader2 = (view: DataView, start: number): boolean => start > 0 && start + header2Bytes <= view.byteLength;

/** UTF-16; undefined where it has none. `start`: of the second header. */
export function roiName(view: DataView, start: number): string | undefined {
  if (!hasHeader2(view, start)) return undefined;
  const offset = view.getInt32(start + at.name);
  const length = view.getInt32(start + at.nameLength);
  if (offset <= 0 || length <= 0 || offset + 2 * length > view.byteLength) return undefined;
  const units = Array.from({ length }, (_, i) => view.getUint16(offset + 2 * i));
  return String.fromCharCode(...units);
}

/** `slice`: of the first header, where the ROI was set in a stack that is no hyperstack. Both count from 1; 0 is none. */
export function roiPosition(view: DataView, start: number, slice: number): RoiPosition {
  const [depth, time] = hasHeader2(view, start)
    ? [view.getInt32(start + at.depth), view.getInt32(start + at.time)]
    : [0, 0];
  if (depth > 0 || time > 0) return { ...(depth > 0 && { depth: depth - 1 }), ...(time > 0 && { time: time - 1 }) };
  return slice > 0 ? { slice: slice - 1 } : {};
}
