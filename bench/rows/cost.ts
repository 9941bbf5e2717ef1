import { mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { estimateCost, measured, usageOfFolder } from '../../cli/deploy/cost/estimate.ts';
import { priceTable } from '../../cli/deploy/cost/prices.ts';
import { readConfig } from '../../infra/config.ts';
import { countedJob } from '../../tests/support/simulated-account/counted-job.ts';
import { startMoto } from '../../tests/support/simulated-account/moto.ts';
import type { Benchmark } from '../benchmark.ts';
import { microscopeFolder, side40MB } from '../microscope-folder.ts';
import { root } from '../tools.ts';

const region = 'eu-central-1';
const folder = { files: 1000, megabytes: measured.megabytes };

/** A read that breaks off goes on with another request, so that the counts of two runs may differ a little. */
const isNear = (counted: number, expected: number): boolean => Math.abs(counted - expected) <= expected / 4;

/** US dollars of 1,000 images as `labdeploy cost` reckons them, after counting again the requests that it reckons with. */
export const cost: Benchmark = {
  rows: [
    {
      name: 'cost',
      what: `1,000 files of 40 MB on AWS, kept 30 days (${region})`,
      target: { under: 1, unit: 'USD' },
    },
  ],
  needs: ['python'],
  async measure({ quick, folder: own, cache }) {
    const images = quick ? 1 : 3;
    const all = await microscopeFolder(cache, quick ? images : 16, side40MB);
    const some = join(own, 'images');
    await mkdir(some);
    for (const name of (await readdir(all)).sort().slice(0, images)) await symlink(join(all, name), join(some, name));
    await using moto = await startMoto();
    const { predict, zip, resultBytes } = await countedJob(moto.url, some, join(root, 'models/nuclei'));
    const sum = (...names: string[]) =>
      names.reduce((total, name) => total + (predict.requests[name] ?? 0) + (zip.requests[name] ?? 0), 0);
    const counted = {
      reads: sum('GetObject', 'HeadObject'),
      writes: sum('PutObject', 'CopyObject', 'ListObjectsV2', 'CreateMultipartUpload', 'UploadPart', 'UploadPartCopy'),
      tableReads: predict.table.reads + zip.table.reads,
      tableWrites: predict.table.writes + zip.table.writes,
    };
    const { image, job } = measured;
    const expected = {
      reads: images * image.reads,
      writes: images * image.writes + job.writes,
      tableReads: images * image.tableReads + job.tableReads,
      tableWrites: images * image.tableWrites + job.tableWrites,
    };
    if (Object.entries(counted).some(([what, times]) => !isNear(times, expected[what as keyof typeof expected]))) {
      throw new Error(
        `counted ${JSON.stringify(counted)}, but cli/deploy/cost/estimate.ts says ${JSON.stringify(expected)}`,
      );
    }
    const { usd, lines } = estimateCost(usageOfFolder(folder, readConfig({})), region);
    return {
      cost: {
        values: [usd],
        commands: [
          `requests of predict and zip counted over ${images} images against moto; list prices of ${priceTable.date}; seconds of the row run`,
        ],
        notes: [
          `an image: ${image.reads} reads and ${image.writes} writes of S3, ${image.tableReads} read and ${image.tableWrites} write units of DynamoDB, results of ${(resultBytes / images / 1e6).toFixed(2)} MB`,
          lines
            .slice(0, 4)
            .map((line) => `${line.what} ${line.usd.toFixed(2)}`)
            .join(', '),
        ],
      },
    };
  },
};
