import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { shippedModels } from '../../cli/run/find-model.ts';
import { cli, jsonLines, startCli } from '../support/cli.ts';
import { discs, writeLabelled } from '../support/labelled-folder.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { describeWithTrainer } from '../support/trainer-python.ts';

const minute = 60_000;

await describeWithTrainer('training', (python) => {
  it(
    'gives the same weights twice and after a stop, a smaller batch once, and names a loss that is no number',
    async () => {
      await using folder = await temporaryFolder();
      const { image, labels } = discs(25, 0);
      await writeFile(join(folder.path, 'a.f4'), Float32Array.from(image));
      await writeFile(join(folder.path, 'a.i4'), Int32Array.from(labels));
      await writeFile(
        join(folder.path, 'plan.json'),
        JSON.stringify({
          base: join(shippedModels, 'nuclei/weights.onnx'),
          ...{ seed: 1, epochs: 2, replay: null },
          planes: [{ image: 'a.f4', labels: 'a.i4', shape: [128, 128] }],
        }),
      );
      const script = join(import.meta.dirname, '../support/python/check_finetune.py');
      const env = { ...process.env, OMP_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1' };
      const { stdout } = await promisify(execFile)(python, [script, folder.path], { env });
      const report = JSON.parse(stdout) as Record<string, { weights?: string; events: [string, number][] }>;
      const { weights } = report.first!;
      expect(weights).toMatch(/^[0-9a-f]{64}$/);
      const epochs = [1, 2].map((epoch) => ['epoch', epoch]);
      expect(report).toMatchObject({
        first: { weights, events: epochs },
        again: { weights, events: epochs },
        stopped: { error: 'KeyboardInterrupt', events: [['epoch', 1]] },
        resumed: {
          weights,
          events: [
            ['resumed', 1],
            ['epoch', 2],
          ],
        },
        smaller: { events: [['smallerBatch', 4], ...epochs] },
        'too small': { error: 'MemoryError', events: [['smallerBatch', 4]] },
        diverged: { exit: 1, events: [['failed', 1]] },
        'furthest of a flat plane': 10,
        'maps of sparse labels': [5, 5],
        known: [true, true],
        'loss of unknown pixels': 0,
        'loss of known pixels': true,
      });
      expect(report.smaller!.weights).not.toBe(weights);
    },
    10 * minute,
  );

  it(
    'stops at Ctrl-C, goes on, is not offered where it is no better, and says what was done',
    async () => {
      await using folder = await temporaryFolder();
      await writeLabelled(folder.path, { a: 15, b: 15 });
      const words = ['train', 'images', '--labels', 'labels', '-o', 'ours', '--epochs', '1', '--python', python];
      const { child, finished } = startCli([...words, '--json'], { cwd: folder.path });
      for await (const line of createInterface({ input: child.stdout! }))
        if (line.includes('"train.progress"')) child.kill('SIGINT');
      expect(jsonLines((await finished).stdout).at(-1)).toMatchObject({ event: 'error', code: 'interrupted' });
      const { code, stdout } = await cli([...words, '--json'], { cwd: folder.path });
      expect(code).toBe(3);
      const lines = jsonLines(stdout);
      expect(lines[1]).toEqual({ event: 'train.resumed', epoch: 1 });
      expect(lines.filter(({ event }) => event === 'train.progress')).toEqual([]);
      const made = join(folder.path, 'ours-not-better');
      expect(lines.at(-2)).toMatchObject({ event: 'train.judged', better: false, folder: made });
      expect(lines.at(-1)).toMatchObject({ event: 'error', code: 'notBetter' });
      const left = ['images', 'labels', 'ours-not-better', 'ours-not-better-report.html'];
      expect((await readdir(folder.path)).sort()).toEqual(left);
      const { config, weights } = parse(await readFile(join(made, 'bioimageio.yaml'), 'utf8')) as {
        config: { training: Record<string, unknown> & { sides: Record<string, string> } };
        weights: { onnx: { sha256: string } };
      };
      expect(config.training).toMatchObject({ parent: 'Nuclei', images: 2, objects: 30, seed: 1, epochs: 1 });
      expect(Object.values(config.training.sides).sort()).toEqual(['test', 'train']);
      expect(weights.onnx.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(await readFile(`${made}-report.html`, 'utf8')).toContain('Not better: this model is not offered.');
      const check = await cli(['model', 'check', made]);
      expect([check.code, check.stderr]).toEqual([0, '']);
    },
    10 * minute,
  );
});
