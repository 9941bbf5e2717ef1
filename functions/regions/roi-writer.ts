import type { Loop } from './label-outlines.ts';

/** Zero-based, of the axes that the stack has. */
export interface RoiPlane {
  depth?: number;
  time?: number;
  /** Of a stack of one axis: Fiji counts its planes through. */
  slice?: number;
}

const headerBytes = 64;
const header2Bytes = 64;
const version = 228;
const [tracedType, rectangleType] = [8, 1];
const mostCorners = 65_535;
const [move, line, close] = [0, 1, 4];

/**
 * An outline as Fiji saves a ROI: traced where it is one loop, else a composite whose even-odd rule leaves out the holes. The
 * layout is that of ij/io/RoiEncoder.java of ImageJ 1.54 (public domain). `name`: in UTF-16, at most 32,767 units.
 */
export function roiBytes(loops: readonly Loop[], { name, plane }: { name: string; plane: RoiPlane }): Buffer {
  const [first] = loops;
  const isTraced = loops.length === 1 && first!.x.length <= mostCorners;
  const box = boxOf(loops);
  const coordinates = isTraced ? cornersOf(first!, box) : segmentsOf(loops);
  const header = Buffer.alloc(headerBytes);
  header.write('Iout', 'latin1');
  header.writeUInt16BE(version, 4);
  header.writeUInt8(isTraced ? tracedType : rectangleType, 6);
  [box.top, box.left, box.bottom, box.right].forEach(
    (value, i) => void header.writeUInt16BE(value & 0xffff, 8 + 2 * i),
  );
  if (isTraced) header.writeUInt16BE(first!.x.length, 16);
  else header.writeInt32BE(coordinates.length / 4, 36);
  header.writeInt32BE((plane.slice ?? -1) + 1, 56);
  header.writeInt32BE(headerBytes + coordinates.length, 60);
  const second = Buffer.alloc(header2Bytes);
  second.writeInt32BE((plane.depth ?? -1) + 1, 8);
  second.writeInt32BE((plane.time ?? -1) + 1, 12);
  second.writeInt32BE(headerBytes + coordinates.length + header2Bytes, 16);
  second.writeInt32BE(name.length, 20);
  return Buffer.concat([header, coordinates, second, Buffer.from(name, 'utf16le').swap16()]);
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

function boxOf(loops: readonly Loop[]): Box {
  const box = { left: Infinity, top: Infinity, right: 0, bottom: 0 };
  for (const { x, y } of loops)
    for (let i = 0; i < x.length; i++) {
      box.left = Math.min(box.left, x[i]!);
      box.right = Math.max(box.right, x[i]!);
      box.top = Math.min(box.top, y[i]!);
      box.bottom = Math.max(box.bottom, y[i]!);
    }
  return box;
}

/** Relative to the corner of the box: all columns, then all rows. */
function cornersOf({ x, y }: Loop, { left, top }: Box): Buffer {
  const bytes = Buffer.alloc(4 * x.length);
  x.forEach((value, i) => void bytes.writeUInt16BE(value - left, 2 * i));
  y.forEach((value, i) => void bytes.writeUInt16BE(value - top, 2 * (x.length + i)));
  return bytes;
}

function segmentsOf(loops: readonly Loop[]): Buffer {
  const values = loops.flatMap(({ x, y }) => [
    ...x.flatMap((value, i) => [i === 0 ? move : line, value, y[i]!]),
    close,
  ]);
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => void bytes.writeFloatBE(value, 4 * i));
  return bytes;
}
