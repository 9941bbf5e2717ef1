/**
 * Decodes all pages of each TIFF and prints `file milliseconds checksum` for the fastest of several runs: the counterpart of
 * reference/tiff-decode.c. `node bench/tiff-decode.ts RUNS FILE...`
 */
import { openFileSource } from '../functions/image/file-source.ts';
import { openTiff } from '../functions/image/tiff/tiff-file.ts';

async function decode(path: string): Promise<number> {
  await using source = await openFileSource(path);
  const file = await openTiff(source);
  let sum = 0;
  for (let page = 0; page < file.pages.length; page++) {
    const { data } = await file.readPage(page);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    for (let i = 0; i < bytes.length; i += 4096) sum = (Math.imul(sum, 31) + bytes[i]!) >>> 0;
  }
  return sum;
}

const [runs, ...paths] = process.argv.slice(2);
for (const path of paths) {
  let best = Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let run = 0; run < Number(runs); run++) {
    const start = performance.now();
    sum = await decode(path);
    best = Math.min(best, performance.now() - start);
  }
  console.log(`${path} ${best.toFixed(2)} ${sum}`);
}
