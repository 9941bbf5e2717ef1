import { chmod, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { shippedModels } from '../../cli/run/find-model.ts';
import { cli, jsonLines } from '../support/cli.ts';
import { discs, tiffOf, writeLabelled } from '../support/labelled-folder.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { treeOf } from '../support/tree.ts';

const words = ['train', 'images', '--labels', 'labels', '-o', 'ours', '--python', './no-such-python'];

/** What `train` says of 30 labelled discs in two images, once `change` has changed them. */
async function trainAfter(change: (folder: string) => Promise<void>, args: readonly string[] = words) {
  await using folder = await temporaryFolder();
  await writeLabelled(folder.path, { a: 15, b: 15 });
  await change(folder.path);
  const { code, stdout, stderr } = await cli(args, { cwd: folder.path });
  return { code, stdout, said: stderr.replaceAll(`${folder.path}/`, ''), left: await readdir(folder.path) };
}

it.each([
  [
    'too few objects',
    (folder: string) => writeLabelled(folder, { a: 1, b: 0 }),
    '1 object is labelled [labelsTooFew]\n  why:  label at least 25: 24 to go',
  ],
  [
    'one image',
    async (folder: string) => {
      await writeLabelled(folder, { a: 25 });
      await rm(join(folder, 'labels', 'b.tif'));
    },
    '1 labelled image that has to be on one side [imagesTooFew]',
  ],
  [
    'labels of another size',
    async (folder: string) => writeFile(join(folder, 'labels', 'b.tif'), await tiffOf(new Uint8Array(64 * 64), 64)),
    'labels/b.tif cannot be trained on [labelsUnfit]\n  why:  it is 64 x 64 px, the image 128 x 128',
  ],
  [
    'labels that are no whole numbers',
    async (folder: string) =>
      writeFile(
        join(folder, 'labels', 'a.tif'),
        await tiffOf(Float32Array.from(discs(9, 0).labels, (label) => label / 2)),
      ),
    'labels/a.tif cannot be trained on [labelsUnfit]\n  why:  it has the value 0.5, which is no label',
  ],
  [
    'a mask',
    async (folder: string) =>
      writeFile(
        join(folder, 'labels', 'a.tif'),
        await tiffOf(discs(9, 0).labels.map((label) => (label > 0 ? 255 : 0))),
      ),
    'labels/a.tif cannot be trained on [labelsUnfit]\n  why:  it is a mask: 9 separate parts that all have the value 255',
  ],
  [
    'an image with NaN',
    async (folder: string) =>
      writeFile(join(folder, 'images', 'b.tif'), await tiffOf(Float32Array.from(discs(15, 0).image).fill(NaN, 5, 6))),
    'images/b.tif cannot be trained on [labelsUnfit]\n  why:  the image has the value NaN, which cannot be trained on',
  ],
  [
    'labels without background',
    async (folder: string) => {
      const all = await tiffOf(discs(25, 0).labels.map((label, i) => label || 100 + (i % 7)));
      for (const name of ['a', 'b']) await writeFile(join(folder, 'labels', `${name}.tif`), all);
    },
    'the labels have no background [labelsOneClass]\n  why:  every labelled pixel of all 2 images is in an object',
  ],
  [
    'one side almost empty',
    (folder: string) => writeLabelled(folder, { a: 25, b: 4 }),
    'labelled objects [sideTooSmall]\n  why:  5 are needed there, and an image never changes sides',
  ],
  [
    'an output folder that is something else',
    async (folder: string) => void (await mkdir(join(folder, 'ours'))),
    'ours holds something else [outputTaken]',
  ],
  [
    'no Python',
    async () => {},
    './no-such-python cannot train [trainerMissing]\n  why:  there is no such command\n  next: python3 -m venv labdeploy-python && labdeploy-python/bin/pip install torch onnx numpy scipy tifffile, then add --python labdeploy-python/bin/python',
  ],
])('train names %s before anything is trained', async (_, change, wanted) => {
  const { code, stdout, said, left } = await trainAfter(change);
  expect([code, stdout]).toEqual([3, '']);
  expect(said).toContain(wanted);
  expect(left.filter((name) => name !== 'ours').sort()).toEqual(['images', 'labels']);
});

/** A Python that says these lines once it has a checkpoint, then ends as a training that failed. */
const failingPython = (lines: readonly object[], error: string): string => `#!${process.execPath}
if (process.argv[2] === '-c') process.exit(0);
require('node:fs').writeFileSync(process.argv[3] + '/checkpoint.pt', 'epoch 1');
for (const line of ${JSON.stringify(lines)}) console.log(JSON.stringify(line));
console.error(${JSON.stringify(error)});
process.exitCode = 1;
`;

it.each([
  [
    'a loss that is no number',
    [{ event: 'failed', reason: 'diverged', epoch: 2 }],
    'the training diverged in epoch 2 [trainingDiverged]\n  why:  its loss is no longer a number\n  next: check the images for extreme values, or try another --seed',
  ],
  [
    'a training that ran out of memory twice',
    [{ event: 'smallerBatch', batch: 4 }],
    'the training failed [trainingFailed]\n  why:  MemoryError: 1 GB\n  next: run the same command again: it goes on from the last whole epoch in ours.training',
  ],
])('train names %s, and keeps the last whole epoch', async (_, lines, wanted) => {
  await using folder = await temporaryFolder();
  await writeLabelled(folder.path, { a: 15, b: 15 });
  const python = join(folder.path, 'python');
  await writeFile(python, failingPython(lines, 'Traceback\nMemoryError: 1 GB'));
  await chmod(python, 0o755);
  const { code, stderr } = await cli([...words.slice(0, -1), python], { cwd: folder.path });
  expect(code).toBe(3);
  expect(stderr.replaceAll(`${folder.path}/`, '')).toContain(wanted);
  expect((await readdir(folder.path)).sort()).toEqual(['images', 'labels', 'ours.training', 'python']);
  expect(await readFile(join(folder.path, 'ours.training/checkpoint.pt'), 'utf8')).toBe('epoch 1');
});

it('train refuses a base whose maps are others', async () => {
  const base = join(shippedModels, 'nuclei');
  const { code, said } = await trainAfter(
    async (folder) => {
      await cp(base, join(folder, 'base'), { recursive: true });
      const file = join(folder, 'base', 'bioimageio.yaml');
      const text = await readFile(file, 'utf8');
      await writeFile(
        file,
        text.replace('[foreground, distance]', '[foreground, depth]').replace('distance: distance', 'distance: depth'),
      );
    },
    [...words, '--from', 'base'],
  );
  expect(code).toBe(2);
  expect(said).toContain(
    'base cannot be trained further [baseNotTrainable]\n  why:  its maps are foreground, depth, those of the trainer foreground, distance',
  );
});

it('train names what is wrong in a list of sides', async () => {
  const { code, said } = await trainAfter(
    (folder) => writeFile(join(folder, 'sides.json'), '{"a.tif": "aside"}'),
    [...words, '--pixel-classifier', ...['--sides', 'sides.json']],
  );
  expect(code).toBe(2);
  expect(said).toContain(
    'sides.json does not say which images are kept aside [sidesUnreadable]\n  why:  a.tif: Invalid option',
  );
});

it('train with a replay folder that is no training set names the file that it lacks', async () => {
  const { code, said } = await trainAfter(async () => {}, [...words, '--replay', 'images']);
  expect(code).toBe(2);
  expect(said).toContain('no such file or folder: images/images.csv');
});

/** Labels that say nothing of what lies below the first 15 of 20 discs. */
const sparseLabels = (): Float32Array<ArrayBuffer> => {
  const known = 3 * 24 * 128;
  return Float32Array.from(discs(20, 0).labels, (label, i) => (i < known ? label : -1));
};

it('train --pixel-classifier needs no Python, takes sparse labels, is offered where it is better, is not trained again, and elsewhere gives the same bytes', async () => {
  await using folder = await temporaryFolder();
  await writeLabelled(folder.path, { a: 20, b: 20 }, { dark: true });
  for (const name of ['a.tif', 'b.tif'])
    await writeFile(join(folder.path, 'labels', name), await tiffOf(sparseLabels()));
  await writeFile(
    join(folder.path, 'sides.json'),
    JSON.stringify({ 'a.tif': 'test', 'b.tif': 'train', 'c.tif': 'train' }),
  );
  const train = [...words, '--pixel-classifier', '--sides', 'sides.json', '--json'];
  const first = await cli(train, { cwd: folder.path });
  const output = join(folder.path, 'ours');
  expect([first.code, first.stderr]).toEqual([0, '']);
  expect(jsonLines(first.stdout).at(-1)).toEqual({
    event: 'train.judged',
    ...{ better: true, folder: output, report: `${output}-report.html`, before: 0, after: 1 },
    images: [{ image: 'a.tif', before: 0, after: 1 }],
  });
  expect((await readdir(folder.path)).sort()).toEqual(['images', 'labels', 'ours', 'ours-report.html', 'sides.json']);
  expect((await readdir(output)).sort()).toEqual([
    'README.md',
    'bioimageio.yaml',
    'test_input.npy',
    'test_output.npy',
    'weights.onnx',
  ]);
  const check = await cli(['model', 'check', 'ours'], { cwd: folder.path });
  expect([check.code, check.stderr]).toEqual([0, '']);
  const again = await cli(train, { cwd: folder.path });
  expect(again.code).toBe(0);
  expect(jsonLines(again.stdout)).toEqual([{ event: 'train.unchanged', folder: output, before: 0, after: 1 }]);
  const twice = await cli([...train, '-o', 'twice/ours'], { cwd: folder.path });
  expect(twice.code).toBe(0);
  const second = join(folder.path, 'twice/ours');
  expect(await treeOf(second)).toEqual(await treeOf(output));
  expect(await readFile(`${second}-report.html`)).toEqual(await readFile(`${output}-report.html`));
  await writeLabelled(folder.path, { a: 15, b: 15, c: 20 }, { dark: true });
  const more = await cli(train, { cwd: folder.path });
  expect([more.code, jsonLines(more.stdout).at(-1)!.code]).toEqual([3, 'notBetter']); // than the one that finds all
}, 180_000);
