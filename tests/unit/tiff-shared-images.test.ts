import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { decode } from 'tiff';
import { openFileSource } from '../../functions/image/file-source.ts';
import { openTiff } from '../../functions/image/tiff/tiff-file.ts';
import { describeWithSharedData, sharedData } from '../support/shared-data.ts';

interface Expected {
  pages: { shape: number[]; dtype: string; sha256: string }[];
  sha256: string;
}

/** What tifffile 2026.3.3 reads: made by hashing `page.asarray()`, planar samples moved to the last axis. */
const hashes = JSON.parse(readFileSync(new URL('../fixtures/tiff-hashes.json', import.meta.url), 'utf8')) as Record<
  string,
  Expected
>;

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);

describeWithSharedData('real images that nobody here made', () => {
  it.each(Object.entries(hashes))('%s has the samples that tifffile reads', async (path, { pages, sha256 }) => {
    await using source = await openFileSource(sharedData(path));
    const file = await openTiff(source);
    const all = createHash('sha256');
    const found: Expected['pages'] = [];
    for (let i = 0; i < file.pages.length; i++) {
      const plane = await file.readPage(i);
      const bytes = bytesOf(plane.data);
      all.update(bytes);
      found.push({
        shape: [plane.height, plane.width, plane.samples],
        dtype: plane.type,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      });
    }
    expect(found).toEqual(pages);
    expect(all.digest('hex')).toBe(sha256);
  });

  // files on which the tiff package agrees with tifffile: it turns white-is-zero around and leaves some tiles empty
  it.each(['grey8.tif', 'grey16.tif', 'grey8-lzw.tif', 'color16.tif', 'image-lzw.tif', 'float32.tif', 'stack.tif'])(
    '%s has the samples that the tiff package reads',
    async (name) => {
      const bytes = await readFile(sharedData('tiff-variants', name));
      await using source = await openFileSource(sharedData('tiff-variants', name));
      const file = await openTiff(source);
      const theirs = decode(bytes);
      expect(file.pages.length).toBe(theirs.length);
      for (const [i, page] of theirs.entries()) {
        const ours = await file.readPage(i);
        expect(Buffer.compare(bytesOf(ours.data), bytesOf(page.data as Uint8Array))).toBe(0);
      }
    },
  );
});
