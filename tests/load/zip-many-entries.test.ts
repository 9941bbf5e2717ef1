import { expect, it, jest } from '@jest/globals';
import { readZipDirectory } from '../../functions/archive/zip-directory.ts';
import { zipStream } from '../../functions/archive/zip-writer.ts';
import { bytesOf } from '../support/bytes.ts';

jest.setTimeout(300_000); // a slow machine takes longer, and is no failure

it('a zip keeps more than 65,535 entries', async () => {
  const many = Array.from({ length: 65_536 }, (_, i) => ({
    name: `${i}`,
    bytes: 0,
    crc32: 0,
    async *read() {
      yield new Uint8Array(0);
    },
  }));
  const zip = await bytesOf(zipStream(many));
  const entries = await readZipDirectory({
    size: zip.length,
    read: async (start, length) => zip.subarray(start, start + length),
  });
  expect(entries).toHaveLength(65_536);
  expect(entries.at(-1)).toMatchObject({ name: '65535', bytes: 0 });
});
