import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './tools.ts';

/*
 * node bench/train-shuffled.ts IMAGES LABELS [--runs 20] [--epochs 2] [--python python3] [--pixel-classifier]
 *
 * Trains with the labels of other images: none of these models may be offered. IMAGES and LABELS have files of the same
 * names and of one size. Each run moves every label to another image and has its own seed. Prints what `labdeploy train`
 * said of each run; exit code 1 where one was offered, or failed for another reason than that it is not better.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '20' },
    epochs: { type: 'string', default: '2' },
    python: { type: 'string', default: 'python3' },
    'pixel-classifier': { type: 'boolean', default: false },
  },
});
const [images = '', labels = ''] = positionals.map((path) => resolve(path));
const names = (await readdir(images)).sort();
let wrong = 0;
for (let run = 1; run <= Number(values.runs); run++) {
  const code = await trainShuffled(run);
  if (code !== 'notBetter') wrong++;
}
process.stdout.write(`${wrong} of ${values.runs} runs were offered or failed\n`);
process.exitCode = wrong === 0 ? 0 : 1;

/** The code of the error that the training ended with, undefined where its model was offered. */
async function trainShuffled(run: number): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'labdeploy-shuffled-'));
  await mkdir(join(folder, 'labels'));
  for (const [i, name] of names.entries()) {
    const other = names[(i + 1 + (run % (names.length - 1))) % names.length]!;
    await copyFile(join(labels, other), join(folder, 'labels', name));
  }
  const kind = values['pixel-classifier']
    ? ['--pixel-classifier']
    : ['--epochs', values.epochs, '--python', values.python];
  const options = ['-o', 'made', '--seed', String(run), ...kind];
  const args = [join(root, 'cli/main.ts'), 'train', images, '--labels', 'labels', ...options, '--json'];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  await once(child, 'close');
  await rm(folder, { recursive: true });
  const events = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]));
  const judged = events.find(({ event }) => event === 'train.judged');
  const error = events.find(({ event }) => event === 'error');
  const scores = judged ? `F1 ${shown(judged.before)} before, ${shown(judged.after)} after; ` : '';
  process.stdout.write(`run ${run}: ${scores}${error ? `${error.code}: ${error.why}` : 'offered'}\n`);
  return error?.code as string | undefined;
}

function shown(value: unknown): string {
  return (value as number).toFixed(3);
}
