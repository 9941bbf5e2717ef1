import { crc32, inflateSync } from 'node:zlib';
import { expect } from '@jest/globals';

/** Reads back what the encoder writes, by the specification: chunks with their sums, then filters 0 and 2. */
export function decodePng(bytes: Uint8Array) {
  const file = Buffer.from(bytes);
  expect(file.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  const chunks: Record<string, Buffer> = {};
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    expect(file.readUInt32BE(at + 8 + length)).toBe(crc32(file.subarray(at + 4, at + 8 + length)));
    chunks[file.toString('latin1', at + 4, at + 8)] = file.subarray(at + 8, at + 8 + length);
    at += 12 + length;
  }
  const [width, height] = [chunks.IHDR!.readUInt32BE(0), chunks.IHDR!.readUInt32BE(4)];
  const [bits, colour] = [chunks.IHDR![8]!, chunks.IHDR![9]!];
  const samples = { 0: 1, 4: 2, 2: 3, 6: 4 }[colour]!;
  const rows = inflateSync(chunks.IDAT!);
  const length = width * samples;
  const data = new Uint8Array(height * length);
  const filters = new Set<number>();
  for (let row = 0; row < height; row++) {
    const filter = rows[row * (length + 1)]!;
    filters.add(filter);
    for (let i = 0; i < length; i++) {
      const above = filter === 2 ? data[(row - 1) * length + i]! : 0;
      data[row * length + i] = rows[row * (length + 1) + 1 + i]! + above;
    }
  }
  return { names: Object.keys(chunks), chunks, bits, image: { width, height, samples, type: 'uint8', data }, filters };
}
