/** A ROI as Fiji saves it: a header of 64 bytes, its coordinates, a second header, its name. Source: ij/io/RoiEncoder.java of ImageJ 1.54. */
export interface RoiSpec {
  /** As ImageJ numbers types: 0 polygon, 1 rectangle, 2 oval, 7 freehand, 8 traced, 10 point. */
  type: number;
  /** left, top, right, bottom. */
  box: readonly [number, number, number, number];
  /** Corners of a polygon, px of the image. */
  corners?: readonly (readonly [number, number])[];
  /** Corners, or x, y, width and height of a box, in fractions of a pixel. */
  subPixel?: boolean;
  fractions?: readonly [number, number, number, number];
  /** Segments of a composite ROI. */
  segments?: readonly number[];
  name?: string;
  subtype?: number;
  options?: number;
  /** From 1, as Fiji counts. */
  slice?: number;
  depth?: number;
  time?: number;
}

export function roiFile(spec: RoiSpec): Buffer {
  const { type, box, corners = [], subPixel = false, segments = [], name = '', options = 0 } = spec;
  const [left, top, right, bottom] = box;
  const header = Buffer.alloc(64);
  header.write('Iout', 'latin1');
  header.writeUInt16BE(228, 4);
  header.writeUInt8(type, 6);
  [top, left, bottom, right, corners.length].forEach((value, i) => void header.writeInt16BE(value, 8 + 2 * i));
  (spec.fractions ?? []).forEach((value, i) => void header.writeFloatBE(value, 18 + 4 * i));
  header.writeInt32BE(segments.length, 36);
  header.writeUInt16BE(spec.subtype ?? 0, 48);
  header.writeUInt16BE(options | (subPixel ? 128 : 0), 50);
  header.writeInt32BE(spec.slice ?? 0, 56);
  const coordinates = [
    ...shorts(corners.map(([x]) => Math.floor(x) - left)),
    ...shorts(corners.map(([, y]) => Math.floor(y) - top)),
    ...(subPixel ? floats([...corners.map(([x]) => x), ...corners.map(([, y]) => y)]) : []),
    ...floats(segments),
  ];
  const second = 64 + coordinates.length;
  header.writeInt32BE(second, 60);
  const header2 = Buffer.alloc(64);
  header2.writeInt32BE(spec.depth ?? 0, 8);
  header2.writeInt32BE(spec.time ?? 0, 12);
  if (name !== '') {
    header2.writeInt32BE(second + 64, 16);
    header2.writeInt32BE(name.length, 20);
  }
  return Buffer.concat([header, Buffer.from(coordinates), header2, Buffer.from(name, 'utf16le').swap16()]);
}

const shorts = (values: readonly number[]): number[] => values.flatMap((value) => [(value >> 8) & 255, value & 255]);

function floats(values: readonly number[]): number[] {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => void bytes.writeFloatBE(value, 4 * i));
  return [...bytes];
}
