import { startMoto } from '../../tests/support/simulated-account/moto.ts';
import type { Traffic } from '../../tests/support/simulated-account/s3-traffic.ts';
import { s3World } from '../../tests/support/simulated-account/s3-world.ts';
import { passStoredFolder } from '../../tests/support/simulated-account/stored-folder.ts';
import type { Benchmark, Values } from '../benchmark.ts';

/** What crosses the functions of UNZIP and ZIP while S3 copies the bytes by itself, counted at their client. */
export const copies: Benchmark = {
  rows: [
    {
      name: 'unzip-crossing',
      what: 'bytes through the unzip function, stored folder of 1 GB in S3',
      target: { under: 10, unit: 'MB' },
    },
    { name: 'zip-crossing', what: 'the same through the zip function', target: { under: 30, unit: 'MB' } },
  ],
  needs: ['python'],
  async measure({ quick }) {
    await using moto = await startMoto();
    const images = quick ? 2 : 25;
    const imageBytes = quick ? 17 * 2 ** 20 : 40_000_000;
    const small = { previewBytes: 210_000, measurementsBytes: 42_000 };
    const { unzip, zip } = await passStoredFolder(await s3World(moto.url), { images, imageBytes, ...small });
    const values = ({ sent, received, requests }: Traffic): Values => ({
      values: [(sent + received) / 1e6],
      commands: [
        `functions/stages/unzip and zip over ${images} images of ${imageBytes / 1e6} MB, each with labels as large, a preview of 210 kB and measurements of 42 kB, against moto`,
      ],
      notes: [
        `${(sent / 1e6).toFixed(1)} MB to S3, ${(received / 1e6).toFixed(1)} MB from it`,
        `requests an image: ${Object.entries(requests)
          .map(([name, count]) => `${name} ${(count / images).toFixed(2)}`)
          .join(', ')}`,
      ],
    });
    return { 'unzip-crossing': values(unzip), 'zip-crossing': values(zip) };
  },
};
