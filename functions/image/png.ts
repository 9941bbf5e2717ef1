import { promisify } from 'node:util';
import { crc32, deflate } from 'node:zlib';

const compress = promisify(deflate);

/** 8-bit samples, rows x columns x channels (1 grey, 3 RGB). */
export interface PngImage {
  width: number;
  height: number;
  channels: 1 | 3;
  data: Uint8Array;
}

/** Source: PNG specification (ISO/IEC 15948), sections 5 and 9. */
export async function encodePng({ width, height, channels, data }: PngImage): Promise<Uint8Array> {
  const row = width * channels;
  const rows = new Uint8Array(height * (row + 1));
  for (let y = 0; y < height; y++) {
    rows[y * (row + 1)] = 1; // filter `Sub`: difference to the pixel on the left
    for (let x = 0; x < row; x++)
      rows[y * (row + 1) + 1 + x] = data[y * row + x]! - (x < channels ? 0 : data[y * row + x - channels]!);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, channels === 1 ? 0 : 2, 0, 0, 0], 8);
  return Buffer.concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', header),
    chunk('IDAT', await compress(rows)),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
