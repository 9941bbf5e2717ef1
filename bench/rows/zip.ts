import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { localJobStore } from '../../functions/adapters/local/job-store.ts';
import { openLocalDatabase } from '../../functions/adapters/local/local-database.ts';
import { openLocalObjectStore } from '../../functions/adapters/local/object-store.ts';
import { localQueue } from '../../functions/adapters/local/queue.ts';
import { downloadRef, type RoundRef, resultRef } from '../../functions/core/object-keys.ts';
import { fileSummary } from '../../functions/core/summary.ts';
import { systemClock } from '../../functions/ports/clock.ts';
import type { ObjectStore } from '../../functions/ports/object-store.ts';
import { attempts } from '../../functions/stages/stages.ts';
import { packageResults } from '../../functions/stages/zip/package.ts';
import type { Benchmark } from '../benchmark.ts';
import { writeNoisyImages } from '../noisy-images.ts';
import { seconds, takeTurns } from '../pairs.ts';

const ref: RoundRef = { owner: 'bench', id: 'job', generation: 1 };
const settings = { model: { name: 'none', sha256: '0'.repeat(64) } };

/** ZIP (summaries, tables, zip of all results into the object store) against `bsdtar -c` of the same files. */
export const zip: Benchmark = {
  rows: [{ name: 'zip-stored', what: 'result zip, stored, against bsdtar -c', target: { atLeast: 1 } }],
  needs: ['bsdtar'],
  async measure({ folder, quick }) {
    const images = join(folder, 'images');
    const names = await writeNoisyImages(images, quick ? 3 : 25, quick ? 200_000 : 40_000_000);
    await mkdir(join(folder, 'store'));
    await using objects = await openLocalObjectStore({ root: join(folder, 'store') });
    for (const name of names) {
      const { bytes } = await objects.put(resultRef(ref, name, 'labels.tif'), createReadStream(join(images, name)));
      await objects.put(resultRef(ref, name, 'summary.json'), Buffer.from(JSON.stringify(summaryOf(name, bytes))));
    }
    const file = join(folder, 'reference.zip');
    const packing = ['-c', '--format', 'zip', '--options', 'zip:compression=store'];
    const turns = await takeTurns(
      quick ? 1 : 7,
      async () => {
        await objects.remove(downloadRef(ref));
        return seconds(() => packageInto(objects, names));
      },
      async () => {
        await rm(file, { force: true });
        return seconds(() => promisify(execFile)('bsdtar', [...packing, '-f', file, '-C', images, '.']));
      },
    );
    const [own, other] = [(await objects.head(downloadRef(ref)))!.bytes, (await stat(file)).size];
    if (own < 0.99 * other) throw new Error(`our zip has ${own} bytes, bsdtar's ${other}`);
    return {
      'zip-stored': {
        ...turns,
        unit: 's',
        commands: [
          `ours: functions/stages/zip over ${names.length} results of 40 MB in the local object store, in this process`,
          `reference: bsdtar ${packing.join(' ')} -f results.zip -C images .`,
        ],
      },
    };
  },
};

async function packageInto(objects: ObjectStore, names: readonly string[]): Promise<void> {
  using database = openLocalDatabase(':memory:');
  const jobs = localJobStore(database, systemClock);
  const queue = localQueue(database, systemClock, attempts);
  await jobs.create({ ...ref, name: 'bench', settings });
  await jobs.expect(
    ref,
    names.map((path) => ({ path, bytes: 1 })),
  );
  await jobs.seal(ref);
  await jobs.submit(ref);
  for (const path of names) await jobs.finishFile(ref, path, { state: 'done' });
  await jobs.startPackaging(ref);
  const result = await packageResults(ref, { objects, jobs, queue, version: '0.0.0' });
  if (typeof result === 'string' || 'failed' in result) throw new Error(`packaged ${JSON.stringify(result)}`);
}

const summaryOf = (path: string, bytes: number) =>
  fileSummary.parse({
    ...{ path, sha256: '0'.repeat(64), bytes, height: 1, width: 1, samples: 1, type: 'uint16' },
    ...{ positions: 1, times: 1, depths: 1, channels: 1, channel: { index: 0 }, objects: 0 },
    model: { name: 'none', version: '0', sha256: '0'.repeat(64), definition: '0'.repeat(64) },
    settings: { probabilities: false },
    outputs: [{ kind: 'labels.tif', bytes }],
  });
