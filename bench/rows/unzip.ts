import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileOverlay } from '../../functions/adapters/local/file-overlay.ts';
import { localJobStore } from '../../functions/adapters/local/job-store.ts';
import { openLocalDatabase } from '../../functions/adapters/local/local-database.ts';
import { openLocalObjectStore } from '../../functions/adapters/local/object-store.ts';
import { localQueue } from '../../functions/adapters/local/queue.ts';
import { uploadRef } from '../../functions/core/object-keys.ts';
import { systemClock } from '../../functions/ports/clock.ts';
import { attempts } from '../../functions/stages/stages.ts';
import { unpack } from '../../functions/stages/unzip/unpack.ts';
import type { Benchmark, Measured } from '../benchmark.ts';
import { writeNoisyImages } from '../noisy-images.ts';
import { seconds, takeTurns } from '../pairs.ts';

const run = promisify(execFile);

/** UNZIP (directory, limits, CRC-32, job table, object store) against `bsdtar -x` into a folder. */
export const unzip: Benchmark = {
  rows: [
    { name: 'unzip-stored', what: 'unzip to store, CRC checked, against bsdtar -x: stored', target: { atLeast: 0.8 } },
    { name: 'unzip-deflated', what: 'the same: deflated', target: { atLeast: 1.2 } },
  ],
  needs: ['bsdtar'],
  async measure({ folder, quick }) {
    const files = quick ? 3 : 25;
    await writeNoisyImages(join(folder, 'images'), files, quick ? 200_000 : 40_000_000);
    const measured: Record<string, Measured> = {};
    for (const [row, method] of [
      ['unzip-stored', 'store'],
      ['unzip-deflated', 'deflate'],
    ] as const) {
      const zip = join(folder, `${method}.zip`);
      const packing = ['-c', '--format', 'zip', '--options', `zip:compression=${method}`];
      await run('bsdtar', [...packing, '-f', zip, '-C', join(folder, 'images'), '.']);
      const out = join(folder, 'out');
      const fresh = async () => {
        await rm(out, { recursive: true, force: true });
        await mkdir(out);
      };
      const turns = await takeTurns(
        quick ? 1 : 5,
        async () => {
          await fresh();
          return seconds(() => unzipInto(out, zip, files));
        },
        async () => {
          await fresh();
          return seconds(() => run('bsdtar', ['-x', '-f', zip, '-C', out]));
        },
      );
      await rm(zip);
      measured[row] = {
        ...turns,
        unit: 's',
        commands: [
          `zip of ${files} noisy 16-bit images of 40 MB, made by bsdtar ${packing.join(' ')}`,
          'ours: functions/stages/unzip into the local object store and job table, in this process',
          `reference: bsdtar -x -f ${method}.zip -C out`,
        ],
      };
    }
    return measured;
  },
};

async function unzipInto(root: string, zip: string, files: number): Promise<void> {
  const ref = { owner: 'bench', id: 'job' };
  const upload = uploadRef(ref, 'images.zip');
  await using store = await openLocalObjectStore({ root: join(root, 'objects') });
  const objects = fileOverlay(store, {
    fileOf: ({ bucket }) => (bucket === upload.bucket ? { path: zip, writable: false } : undefined),
    temporary: join(root, 'temporary'),
  });
  using database = openLocalDatabase(join(root, 'labdeploy.sqlite'));
  const jobs = localJobStore(database, systemClock);
  const queue = localQueue(database, systemClock, attempts);
  await jobs.create({ ...ref, name: 'bench', settings: { model: { name: 'none', sha256: '' } } });
  const result = await unpack({ ...ref, archive: 'images.zip' }, { objects, jobs, queue });
  if (typeof result === 'string' || 'failed' in result || result.written !== files)
    throw new Error(`unpacked ${JSON.stringify(result)}`);
}
