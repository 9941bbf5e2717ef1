import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openFileSource } from '../../functions/image/file-source.ts';
import { openImage } from '../../functions/image/tiff/image.ts';
import type { Benchmark } from '../benchmark.ts';
import { builtProgram } from '../build.ts';
import { microscopeFolder, side40MB } from '../microscope-folder.ts';
import { median } from '../pairs.ts';
import { type Finished, runWatched } from '../process-tree.ts';
import { pathOf, root } from '../tools.ts';

/** Both must find the same: a reference that does another job proves nothing. */
const countsDiffer = 0.01;
const masksAgree = 0.995;

/** `labdeploy run` against bench/reference/pipeline.py: the same images, model and scale, from start of the process to its end. */
export const pipeline: Benchmark = {
  rows: [
    {
      name: 'run',
      what: '`run` on 16 images of 40 MB, end to end, against the same in Python',
      target: { atLeast: 1.2 },
    },
    { name: 'run-memory', what: 'the same: peak memory of the process tree', target: { atLeast: 1 } },
  ],
  needs: ['python', 'proc'],
  async measure({ folder, cache, quick, pairs = 3 }) {
    const files = quick ? 1 : 16;
    const images = await microscopeFolder(cache, files, quick ? 300 : side40MB);
    const python = await pathOf('python');
    const program = join(await builtProgram(), 'cli/main.js');
    const model = join(root, 'models/nuclei');
    const out = { ours: join(folder, 'ours'), reference: join(folder, 'reference') };
    const ours = async () => {
      await rm(out.ours, { recursive: true, force: true });
      return runWatched(process.execPath, [program, 'run', images, '-o', out.ours, '-m', model, '--scale', '1']);
    };
    const reference = async () => {
      await rm(out.reference, { recursive: true, force: true });
      const script = join(root, 'bench/reference/pipeline.py');
      return runWatched(python, [script, images, out.reference, '--model', model]);
    };
    const runs: { ours: Finished; reference: Finished }[] = [];
    // No warm-up: programs start cold for their users too, and the first pair has read all files.
    for (let pair = 0; pair < (quick ? 1 : pairs); pair++)
      runs.push({ ours: await ours(), reference: await reference() });
    const agreement = await compareOutputs(out.ours, out.reference);
    const commands = [
      `ours: npm run build, then node dist/cli/main.js run IMAGES -o OUT -m models/nuclei --scale 1 (${files} images)`,
      'reference: python bench/reference/pipeline.py IMAGES OUT --model models/nuclei',
    ];
    return {
      run: {
        ours: runs.map((each) => each.ours.seconds),
        reference: runs.map((each) => each.reference.seconds),
        unit: 's',
        commands,
        notes: [agreement, `the reference's seconds by step: ${stepsOf(runs.map((each) => each.reference.stdout))}`],
      },
      'run-memory': {
        ours: runs.map((each) => each.ours.peakBytes / 1e6),
        reference: runs.map((each) => each.reference.peakBytes / 1e6),
        unit: 'MB',
        commands,
      },
    };
  },
};

/** Medians of what the reference says of its steps. */
function stepsOf(outputs: readonly string[]): string {
  const runs = outputs.map((text) => JSON.parse(text) as Record<string, number>);
  return Object.keys(runs[0]!)
    .map((step) => `${step} ${median(runs.map((run) => run[step]!)).toFixed(1)}`)
    .join(', ');
}

/** Throws where the two did not find the same objects; says how close they are. */
async function compareOutputs(ours: string, reference: string): Promise<string> {
  const [own, other] = [await countsOf(ours), await countsOf(reference)];
  if (own.size !== other.size) throw new Error(`${own.size} images here, ${other.size} there`);
  let furthest = 0;
  let least = 1;
  for (const [path, objects] of own) {
    const theirs = other.get(path);
    if (theirs === undefined) throw new Error(`the reference has no ${path}`);
    furthest = Math.max(furthest, Math.abs(objects - theirs) / Math.max(objects, theirs, 1));
    const labels = path.replace(/\.tif$/, '_labels.tif');
    least = Math.min(least, await overlap(join(ours, labels), join(reference, labels)));
  }
  const total = (counts: Map<string, number>) => [...counts.values()].reduce((sum, objects) => sum + objects, 0);
  const said = `${total(own)} objects here, ${total(other)} there; counts of an image differ by ${(100 * furthest).toFixed(2)} % at most, masks overlap by ${(100 * least).toFixed(2)} % (Dice) at least`;
  if (furthest > countsDiffer || least < masksAgree) throw new Error(`the outputs differ: ${said}`);
  return said;
}

/** Objects by path, from a summary.csv that begins with these two columns. */
async function countsOf(folder: string): Promise<Map<string, number>> {
  const [header, ...lines] = (await readFile(join(folder, 'summary.csv'), 'utf8')).trimEnd().split(/\r?\n/);
  if (!header!.startsWith('path,objects,')) throw new Error(`summary.csv begins with ${header}`);
  return new Map(lines.map((line) => [line.split(',')[0]!, Number(line.split(',')[1])]));
}

/** Dice of the two foregrounds. */
async function overlap(a: string, b: string): Promise<number> {
  const [own, other] = [await labelsOf(a), await labelsOf(b)];
  let both = 0;
  let sum = 0;
  for (let i = 0; i < own.length; i++) {
    const [here, there] = [Number(own[i] !== 0), Number(other[i] !== 0)];
    both += here & there;
    sum += here + there;
  }
  return sum === 0 ? 1 : (2 * both) / sum;
}

async function labelsOf(file: string) {
  await using source = await openFileSource(file);
  const image = await openImage(source);
  return (await image.readPlane({ position: 0, time: 0, depth: 0, channel: 0 })).data;
}
