import { Failure } from '../core/errors.ts';
import { type RoiPosition, roiName, roiPosition } from './roi-header2.ts';
import { compositePaths, type Path } from './roi-paths.ts';

/** px of the image from its upper left corner: the centre of the first pixel is at 0.5, 0.5. */
export type Outline =
  /** Corners one after the other, closed; of several paths what an odd number of them holds. */
  | { kind: 'paths'; paths: Path[] }
  | { kind: 'rectangle' | 'oval'; x: number; y: number; width: number; height: number };

export interface Roi {
  name?: string;
  /** Absent of what has no area. */
  outline?: Outline;
  /** What it is, in words. */
  kind: string;
  /** Its curve is fitted to its points, which Fiji does and labdeploy does not. */
  spline: boolean;
  position: RoiPosition;
}

/** Offsets of the header, which has 64 bytes. */
const at = {
  ...{ version: 4, type: 6, top: 8, left: 10, bottom: 12, right: 14, count: 16, largeCount: 18 },
  ...{ shapeSize: 36, subtype: 48, options: 50, position: 56, header2: 60 },
};
const headerBytes = 64;
/** `Iout`. */
const magic = 0x496f7574;

const types = [
  ...['polygon', 'rectangle', 'oval', 'line', 'freehand line', 'polyline', 'nothing', 'freehand', 'traced', 'angle'],
  'point',
];
const closed = new Set(['polygon', 'freehand', 'traced']);
const textSubtype = 1;
const imageSubtype = 4;
const splineOption = 1;
const subPixelOption = 128;

/**
 * One ROI as Fiji and ImageJ save it: big-endian, a header of 64 bytes, coordinates, a second header with name and position.
 * Source of the layout: ij/io/RoiDecoder.java of ImageJ 1.54 (public domain). Throws `regionsUnreadable`.
 */
export function readRoi(bytes: Uint8Array, file: string): Roi {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return roiOf(view);
  } catch (error) {
    if (!(error instanceof BrokenRoi)) throw error;
    throw new Failure('regionsUnreadable', { file, detail: error.message });
  }
}

/** Why bytes are no ROI, in words. */
class BrokenRoi extends Error {}

function roiOf(view: DataView): Roi {
  if (view.byteLength < headerBytes || view.getUint32(0) !== magic)
    throw new BrokenRoi('it does not start as a ROI of Fiji');
  const type = types[view.getUint8(at.type)];
  if (type === undefined) throw new BrokenRoi(`its type ${view.getUint8(at.type)} is not known`);
  const second = view.getInt32(at.header2);
  const name = roiName(view, second);
  const isSpline = closed.has(type) && (view.getUint16(at.options) & splineOption) !== 0;
  return {
    ...(name !== undefined && { name }),
    position: roiPosition(view, second, view.getInt32(at.position)),
    spline: isSpline,
    ...shapeOf(view, type),
  };
}

function shapeOf(view: DataView, type: string): Pick<Roi, 'kind' | 'outline'> {
  if (view.getInt32(at.shapeSize) > 0) return { kind: 'composite', outline: composite(view) };
  const version = view.getUint16(at.version);
  const subtype = view.getUint16(at.subtype);
  if (version >= 218 && subtype === textSubtype) return { kind: 'text' };
  if (version >= 221 && subtype === imageSubtype) return { kind: 'image' };
  const isSubPixel = version >= 222 && (view.getUint16(at.options) & subPixelOption) !== 0;
  if (type === 'rectangle' || type === 'oval') return { kind: type, outline: box(view, type) };
  if (!closed.has(type)) return { kind: type };
  const count = view.getUint16(at.count) || view.getInt32(at.largeCount);
  if (!(count > 0) || headerBytes + count * (isSubPixel ? 12 : 4) > view.byteLength) throw cutOff();
  return { kind: type, outline: { kind: 'paths', paths: [polygon(view, count, isSubPixel)] } };
}

const cutOff = () => new BrokenRoi('it ends within its outline');

function composite(view: DataView): Outline {
  const size = view.getInt32(at.shapeSize);
  if (headerBytes + 4 * size > view.byteLength) throw cutOff();
  const paths = compositePaths((i) => view.getFloat32(headerBytes + 4 * i), size);
  if (paths === undefined) throw new BrokenRoi('its outline has a segment of no known kind');
  return { kind: 'paths', paths };
}

/** Its fractions, where it has some, are what Fiji draws; the pixels that it takes are those of the box in whole numbers. */
function box(view: DataView, kind: 'rectangle' | 'oval'): Outline {
  const [left, top, right, bottom] = [at.left, at.top, at.right, at.bottom].map((offset) => edge(view, offset));
  return { kind, x: left!, y: top!, width: right! - left!, height: bottom! - top! };
}

/** Large images have edges beyond 32,767: what is far below 0 is one of those. */
function edge(view: DataView, offset: number): number {
  const value = view.getInt16(offset);
  return value < -5000 ? view.getUint16(offset) : value;
}

/** Whole numbers are relative to the corner of its box, fractions to that of the image. */
function polygon(view: DataView, count: number, isSubPixel: boolean): Path {
  const [left, top] = [edge(view, at.left), edge(view, at.top)];
  const start = headerBytes + 4 * count;
  const x = Float64Array.from({ length: count }, (_, i) =>
    isSubPixel ? view.getFloat32(start + 4 * i) : left + view.getUint16(headerBytes + 2 * i),
  );
  const y = Float64Array.from({ length: count }, (_, i) =>
    isSubPixel ? view.getFloat32(start + 4 * (count + i)) : top + view.getUint16(headerBytes + 2 * (count + i)),
  );
  return { x, y };
}
