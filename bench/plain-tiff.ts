import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface Stack {
  height: number;
  width: number;
  planes: number;
  /** Planes are these channels of each depth, in turn; default: 1. */
  channels?: number;
  /** Micrometres; absent: not calibrated. */
  pixelSize?: number;
}

/**
 * An uncompressed 16-bit TIFF as ImageJ saves it: little-endian, each plane one strip, depth as pages. Below 4 GiB. An
 * own writer, as what is measured must not make its own input.
 */
export async function writePlainTiff(file: string, stack: Stack, plane: (index: number) => Uint16Array): Promise<void> {
  await pipeline(Readable.from(chunks(stack, plane)), createWriteStream(file));
}

const short = 3;
const long = 4;
const rational = 5;
const ascii = 2;

function* chunks({ height, width, planes, channels = 1, pixelSize }: Stack, plane: (index: number) => Uint16Array) {
  yield Buffer.from([0x49, 0x49, 42, 0, 8, 0, 0, 0]);
  const axes = channels === 1 ? '' : `channels=${channels}\nhyperstack=true\n`;
  const unit = pixelSize === undefined ? 'pixel' : 'micron';
  const description = `ImageJ=1.54f\nimages=${planes}\n${axes}slices=${planes / channels}\nunit=${unit}\n\0`;
  const data = 2 * height * width;
  for (let index = 0, at = 8; index < planes; index++) {
    const entries = 13;
    const extra = at + 2 + 12 * entries + 4; // what does not fit an entry
    const pixels = extra + 16 + Buffer.byteLength(description);
    const padding = pixels % 2;
    const next = pixels + padding + data;
    const directory = Buffer.alloc(pixels + padding - at);
    let cursor = directory.writeUInt16LE(entries, 0);
    const entry = (tag: number, type: number, count: number, value: number) => {
      cursor = directory.writeUInt16LE(tag, cursor);
      cursor = directory.writeUInt16LE(type, cursor);
      cursor = directory.writeUInt32LE(count, cursor);
      cursor = directory.writeUInt32LE(value, cursor);
    };
    entry(254, long, 1, 0); // a full image
    entry(256, long, 1, width);
    entry(257, long, 1, height);
    entry(258, short, 1, 16); // bits per sample
    entry(259, short, 1, 1); // not compressed
    entry(262, short, 1, 1); // black is zero
    entry(270, ascii, Buffer.byteLength(description), extra + 16);
    entry(273, long, 1, pixels + padding); // the strip
    entry(277, short, 1, 1); // samples per pixel
    entry(278, long, 1, height); // rows per strip
    entry(279, long, 1, data);
    entry(282, rational, 1, extra); // pixels per micrometre
    entry(283, rational, 1, extra + 8);
    directory.writeUInt32LE(index === planes - 1 ? 0 : next, cursor);
    for (const [i, part] of [1_000_000, Math.round(1_000_000 * (pixelSize ?? 1))].entries()) {
      directory.writeUInt32LE(part, extra - at + 4 * i);
      directory.writeUInt32LE(part, extra - at + 8 + 4 * i);
    }
    directory.write(description, extra - at + 16, 'latin1');
    yield directory;
    const samples = plane(index);
    if (samples.length !== height * width) throw new RangeError(`a plane of ${samples.length} samples`);
    yield Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
    at = next;
  }
}
