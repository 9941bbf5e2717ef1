import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { type ArchiveSource, readZipDirectory } from '../../../functions/archive/zip-directory.ts';
import { entryChunks, entrySpan } from '../../../functions/archive/zip-entry.ts';
import { type ZipItem, zipStream } from '../../../functions/archive/zip-writer.ts';
import { bytesOf, noise } from '../../support/bytes.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { itWithTool, runTool, zipTools } from '../../support/zip-tools.ts';

const once = async function* (data: Uint8Array) {
  yield data;
};
const storedItem = (name: string, data: Uint8Array): ZipItem => ({
  ...{ name, bytes: data.length, crc32: crc32(data) },
  read: () => once(data),
});
const deflatedItem = (name: string, data: Uint8Array): ZipItem => ({
  name,
  bytes: data.length,
  read: () => once(data),
});

const files: [string, Buffer][] = [
  ['a/zelle ä #+%.tif', noise(70_000)],
  ['empty.png', Buffer.alloc(0)],
  ['細胞.csv', Buffer.from('label,area_px\r\n1,20\r\n'.repeat(50))],
  ['nothing.csv', Buffer.alloc(0)],
  ['large.csv', Buffer.from('label,area_px\r\n1,20\r\n'.repeat(20_000))],
];
const items = () => files.map(([name, data]) => (name.endsWith('.csv') ? deflatedItem : storedItem)(name, data));

const inMemory = (zip: Buffer): ArchiveSource => ({
  size: zip.length,
  read: async (offset, length) => zip.subarray(offset, offset + length),
});

describe('a zip that we write', () => {
  it('is read back as it was, by our own strict reader', async () => {
    const zip = await bytesOf(zipStream(items()));
    const entries = await readZipDirectory(inMemory(zip));
    expect(entries.map(({ name, method, crc32 }) => ({ name, method, crc32 }))).toEqual(
      files.map(([name, data]) => ({ name, method: name.endsWith('.csv') ? 8 : 0, crc32: crc32(data) })),
    );
    for (const [i, entry] of entries.entries()) {
      const span = entrySpan(entry);
      const data = await bytesOf(entryChunks(entry, once(zip.subarray(span.start, span.end))));
      expect(data.equals(files[i]![1])).toBe(true);
    }
  });

  it('has the bytes that the standard asks for', async () => {
    const zip = await bytesOf(zipStream([storedItem('a', Buffer.from('hi'))]));
    const size = '02000000'.repeat(2); // packed, then unpacked
    const shared = ['0a00', '0008', '0000', '0000', '2100', 'ac2a93d8', size, '0100', '0000'].join('');
    expect(zip.toString('hex')).toBe(
      [
        ...['504b0304', shared, '61', '6869'],
        ...['504b0102', '2d03', shared, '0000', '0000', '0000', '0000a481', '00000000', '61'],
        ...['504b0506', '0000', '0000', '0100', '0100', '2f000000', '21000000', '0000'],
      ].join(''),
    );
  });

  it('has the same bytes whenever it is made', async () => {
    const [first, second] = [await bytesOf(zipStream(items())), await bytesOf(zipStream(items()))];
    expect(second.equals(first)).toBe(true);
  });

  it('is a plain zip without Zip64 records while none is needed', async () => {
    const zip = await bytesOf(zipStream(items()));
    expect(zip.includes(Buffer.from('PK\x06\x06', 'latin1'))).toBe(false);
  });

  it('takes one more chunk only when the last was taken', async () => {
    let reads = 0;
    const endless: ZipItem = {
      ...{ name: 'a.tif', bytes: 1e9, crc32: 0 },
      async *read() {
        for (;;) {
          reads++;
          yield Buffer.alloc(100_000);
        }
      },
    };
    const stream = zipStream([endless]);
    for (let i = 0; i < 5; i++) await stream.next(); // the header, then four chunks
    expect(reads).toBe(4);
    await stream.return(undefined);
  });

  it.each([
    ['has other bytes', { ...storedItem('a.tif', noise(10)), crc32: 1 }],
    ['is shorter', { ...storedItem('a.tif', noise(10)), bytes: 11 }],
    ['is longer', { ...deflatedItem('a.csv', noise(10)), bytes: 9 }],
  ])('fails when a file %s than it was said to have', async (_name, item) => {
    await expect(bytesOf(zipStream([item]))).rejects.toThrow(`${item.name} changed while it was packed`);
  });

  it('fails with what a file fails with, stored or deflated', async () => {
    const read = async function* () {
      yield noise(10);
      throw new Error('the disk is gone');
    };
    await expect(bytesOf(zipStream([{ name: 'a.tif', bytes: 20, crc32: 1, read }]))).rejects.toThrow(
      'the disk is gone',
    );
    await expect(bytesOf(zipStream([{ name: 'a.csv', bytes: 20, read }]))).rejects.toThrow('the disk is gone');
  });

  for (const [tool, { test, list }] of Object.entries(zipTools)) {
    itWithTool(tool)(`is whole for ${tool}`, async () => {
      await using folder = await temporaryFolder();
      const path = join(folder.path, 'a.zip');
      await writeFile(path, zipStream(items()));
      runTool(tool, [...test, path]);
      expect(
        runTool(tool, [...list, path])
          .trim()
          .split('\n'),
      ).toEqual(files.map(([name]) => name));
    });
  }
});

/** A zip whose zeros are not kept: pieces at their places, zeros between. */
async function sparse(stream: AsyncIterable<Uint8Array>, zeros: Uint8Array): Promise<ArchiveSource> {
  const pieces: { at: number; data: Uint8Array }[] = [];
  let bytes = 0;
  for await (const data of stream) {
    if (data.buffer !== zeros.buffer) pieces.push({ at: bytes, data });
    bytes += data.length;
  }
  const read = async (start: number, length: number) => {
    const end = start + length;
    const window = Buffer.alloc(length);
    for (const { at, data } of pieces) {
      if (at + data.length <= start || at >= end) continue;
      const from = Math.max(0, start - at);
      window.set(data.subarray(from, from + end - Math.max(at, start)), Math.max(0, at - start));
    }
    return window;
  };
  return { size: bytes, read };
}

describe('a zip that needs Zip64', () => {
  const zeros = Buffer.alloc(1 << 26);
  const largeBytes = 2 ** 32 + 5;
  const checksum = 0xb1c2a1a3; // of 2 ** 32 + 5 zeros, by python's zlib.crc32
  const large: ZipItem = {
    ...{ name: 'large.tif', bytes: largeBytes, crc32: checksum },
    async *read() {
      for (let left = largeBytes; left > 0; left -= zeros.length) yield zeros.subarray(0, left);
    },
  };

  it('keeps sizes and offsets over 4 GiB', async () => {
    const source = await sparse(
      zipStream([large, storedItem('b.tif', noise(10)), deflatedItem('c.csv', noise(9))]),
      zeros,
    );
    const entries = await readZipDirectory(source);
    const start = 30 + 'large.tif'.length + 20; // the header and its Zip64 field
    expect(entries).toMatchObject([
      {
        name: 'large.tif',
        bytes: largeBytes,
        packedBytes: largeBytes,
        crc32: checksum,
        offset: 0,
        limit: start + largeBytes,
      },
      { name: 'b.tif', bytes: 10, crc32: crc32(noise(10)), offset: start + largeBytes },
      { name: 'c.csv', bytes: 9, crc32: crc32(noise(9)), offset: start + largeBytes + 30 + 5 + 10 },
    ]);
    for (const entry of entries.slice(1)) {
      const { start, end } = entrySpan(entry);
      expect((await bytesOf(entryChunks(entry, once(await source.read(start, end - start))))).length).toBe(entry.bytes);
    }
  }, 20_000);
});
