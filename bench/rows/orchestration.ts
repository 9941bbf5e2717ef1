import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { run } from '../../cli/actions/run.ts';
import type { Host } from '../../cli/io/terminal.ts';
import { forEachLimit } from '../../functions/async/for-each-limit.ts';
import { openFileSource } from '../../functions/image/file-source.ts';
import { openImage } from '../../functions/image/tiff/image.ts';
import { writeTiff } from '../../functions/image/tiff/writer.ts';
import { type Engine, openEngine } from '../../functions/model/engine/engine.ts';
import { openModel } from '../../functions/model/package/package.ts';
import type { Benchmark } from '../benchmark.ts';
import { pixelSize } from '../microscope-folder.ts';
import { median, seconds } from '../pairs.ts';
import { writePlainTiff } from '../plain-tiff.ts';
import { root } from '../tools.ts';

/** Many files that are no work: what remains is ours. */
export const orchestration: Benchmark = {
  rows: [
    {
      name: 'orchestration',
      what: '10,000 one-pixel files: `run`, a file, over the bare work',
      target: { under: 2, unit: 'ms' },
    },
    {
      name: 'orchestration-flat',
      what: 'the same: time of a file in the second half over that in the first',
      target: { under: 1.1, unit: 'x' },
    },
  ],
  needs: [],
  async measure({ folder, quick }) {
    const files = quick ? 60 : 10_000;
    const names = await writePixels(join(folder, 'images'), files);
    const model = join(root, 'models/nuclei');
    const workers = availableParallelism();
    await using engine = await openEngine(await openModel(model), { workers });
    const whole: number[] = [];
    const bare: number[] = [];
    const flat: number[] = [];
    for (let round = 0; round < (quick ? 1 : 3); round++) {
      const out = join(folder, `out-${round}`);
      const times = await timeOfFiles(join(folder, 'images'), out, model, workers);
      if (times.length !== files) throw new Error(`${times.length} of ${files} files were done`);
      whole.push((times.at(-1)! - times[0]!) / (files - 1));
      const middle = times[Math.floor(files / 2)]!;
      flat.push((times.at(-1)! - middle) / (middle - times[0]!));
      bare.push((1000 * (await seconds(() => bareWork(names, engine, workers + 1)))) / files);
    }
    return {
      orchestration: {
        values: whole.map((ms, round) => ms - bare[round]!),
        commands: [
          `labdeploy run of ${files} files in this process, from the first finished file to the last`,
          `minus a loop over the same files, ${workers + 1} at a time: open, decode, predict, segment, encode; nothing stored`,
        ],
        notes: [`run: ${median(whole).toFixed(2)} ms a file, bare work: ${median(bare).toFixed(2)} ms`],
      },
      'orchestration-flat': { values: flat, commands: ['from the same runs: times at which files were done'] },
    };
  },
};

async function writePixels(folder: string, files: number): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const names = Array.from({ length: files }, (_, i) => join(folder, `${String(i).padStart(5, '0')}.tif`));
  await forEachLimit(names, 8, (name) =>
    writePlainTiff(name, { height: 1, width: 1, planes: 1, pixelSize }, () => Uint16Array.of(100)),
  );
  return names;
}

/** When each file was done, in milliseconds. */
async function timeOfFiles(images: string, output: string, model: string, workers: number): Promise<number[]> {
  const times: number[] = [];
  const io: Host = {
    emit(event) {
      if (event === 'run.file') times.push(performance.now());
      if (event === 'run.failed' || event === 'run.retried') throw new Error(event);
    },
    fail() {},
    close() {},
  };
  const { signal } = new AbortController();
  await run(
    [images],
    { output, model, workers },
    {
      io,
      signal,
      cwd: root,
      env: {},
      interactive: false,
      canAnswer: true,
      confirm: async () => true,
      confirmName: async () => {},
      version: '0.0.0',
    },
  );
  return times;
}

async function bareWork(names: readonly string[], engine: Engine, atOnce: number): Promise<void> {
  await forEachLimit(names, atOnce, async (name) => {
    await using source = await openFileSource(name);
    const image = await openImage(source, { shared: true });
    const plane = await image.readPlane({ position: 0, time: 0, depth: 0, channel: 0 });
    const maps = await engine.predict([plane]);
    const { labels } = await engine.segment(plane, maps, { preview: true });
    const info = { ...image.info, type: 'uint16' as const };
    const shown = { ...plane, type: 'uint16' as const, data: Uint16Array.from(labels) };
    for await (const _ of writeTiff(info, [shown]));
  });
}
