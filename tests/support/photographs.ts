import { crc32, deflateSync } from 'node:zlib';
import { encodeJpeg } from '../../functions/photographs/encode-jpeg.ts';
import type { Pixels } from '../../functions/photographs/pixels.ts';

/** Four quarters of plain colour: red, green above; blue, grey below. */
export function quarters(width: number, height: number): Pixels {
  const data = new Uint8Array(3 * width * height);
  const colours = [
    [220, 30, 30],
    [30, 220, 30],
    [30, 30, 220],
    [128, 128, 128],
  ];
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at += 3)
      data.set(colours[(y >= height / 2 ? 2 : 0) + (x >= width / 2 ? 1 : 0)]!, at);
  return { width, height, data };
}

/** Name of the colour of the middle of each quarter, row by row. */
export function coloursOf({ width, height, data }: Pixels): string[] {
  const names: Record<string, string> = { '200': 'red', '020': 'green', '002': 'blue', '111': 'grey' };
  return [
    [1, 1],
    [3, 1],
    [1, 3],
    [3, 3],
  ].map(([x, y]) => {
    const at = 3 * (Math.floor((y! * height) / 4) * width + Math.floor((x! * width) / 4));
    const level = (value: number) => (value > 180 ? 2 : value > 80 ? 1 : 0);
    const name = [...data.subarray(at, at + 3)].map(level).join('');
    return names[name] ?? name;
  });
}

const asStored = ['red', 'green', 'blue', 'grey'];
/** The quarters of a picture that is stored as `quarters` draws it and has each orientation of EXIF. */
export const turned: Record<number, string[]> = {
  1: asStored,
  2: ['green', 'red', 'grey', 'blue'],
  3: ['grey', 'blue', 'green', 'red'],
  4: ['blue', 'grey', 'red', 'green'],
  5: ['red', 'blue', 'green', 'grey'],
  6: ['blue', 'red', 'grey', 'green'],
  7: ['grey', 'green', 'blue', 'red'],
  8: ['green', 'grey', 'red', 'blue'],
};

/** A directory of TIFF with one tag Orientation, and a text: what cameras write into EXIF, with the place it was taken. */
export function exifBlock(orientation: number, little: boolean): Buffer {
  const secret = Buffer.from('GPS 52.52N 13.40E\0', 'latin1');
  const block = Buffer.alloc(8 + 2 + 12 * 2 + 4 + secret.length);
  const [u16, u32] = little
    ? ([block.writeUInt16LE, block.writeUInt32LE] as const)
    : ([block.writeUInt16BE, block.writeUInt32BE] as const);
  block.write(little ? 'II' : 'MM', 0, 'latin1');
  u16.call(block, 42, 2);
  u32.call(block, 8, 4);
  u16.call(block, 2, 8);
  u16.call(block, 0x010e, 10);
  u16.call(block, 2, 12);
  u32.call(block, secret.length, 14);
  u32.call(block, block.length - secret.length, 18);
  u16.call(block, 0x0112, 22);
  u16.call(block, 3, 24);
  u32.call(block, 1, 26);
  u16.call(block, orientation, 30);
  secret.copy(block, block.length - secret.length);
  return block;
}

const segment = (marker: number, data: Uint8Array): Buffer => {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, data]);
};

/** A JPEG as a phone writes it: with EXIF that says how it was held, a comment, and something behind its end. */
export async function phoneJpeg(
  picture: Pixels,
  { orientation = 1, little = true, behind = '' }: { orientation?: number; little?: boolean; behind?: string } = {},
): Promise<Buffer> {
  const plain = Buffer.from(await encodeJpeg(picture));
  const exif = segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), exifBlock(orientation, little)]));
  const comment = segment(0xfe, Buffer.from('GPS in a comment'));
  return Buffer.concat([plain.subarray(0, 2), exif, comment, plain.subarray(2), Buffer.from(behind)]);
}

const chunk = (name: string, data: Uint8Array): Buffer => {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const out = Buffer.alloc(named.length + 8);
  out.writeUInt32BE(data.length, 0);
  named.copy(out, 4);
  out.writeUInt32BE(crc32(named), named.length + 4);
  return out;
};

export interface PngOptions {
  depth?: number;
  colour?: number;
  interlaced?: boolean;
  extra?: Buffer[];
}

/** A PNG of these bytes of rows, each with its filter in front. */
export function rawPng(width: number, height: number, rows: Uint8Array, options: PngOptions = {}): Buffer {
  const { depth = 8, colour = 2, interlaced = false, extra = [] } = options;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colour, 0, 0, interlaced ? 1 : 0], 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    ...extra,
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

export const pngChunk = chunk;
