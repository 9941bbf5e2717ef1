import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { zipStream } from '../../functions/archive/zip-writer.ts';
import { openFileSource } from '../../functions/image/file-source.ts';
import { openImage } from '../../functions/image/tiff/image.ts';
import { makeSamples } from '../../samples/make.ts';
import { cli, jsonLines, startCli } from '../support/cli.ts';
import { describeWithSharedData, sharedData } from '../support/shared-data.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { treeOf } from '../support/tree.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(async () => folder[Symbol.asyncDispose]());
const at = (...names: string[]) => join(folder.path, ...names);

const run = async (...args: string[]) => {
  const { code, stdout } = await cli(['run', ...args, '--json']);
  const lines = jsonLines(stdout);
  return { code, lines, done: lines.find(({ event }) => event === 'run.done') };
};

async function zipOf(source: string, file: string) {
  const names = (await readdir(source)).sort();
  async function* items() {
    for (const name of names) {
      const data = await readFile(join(source, name));
      yield { name: `variants/${name}`, bytes: data.length, crc32: crc32(data), read: () => Readable.from([data]) };
    }
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of zipStream(items())) chunks.push(Buffer.from(chunk)); // a copy: its memory is used again
  await writeFile(file, Buffer.concat(chunks));
}

describeWithSharedData('labdeploy run on real images', () => {
  it('segments every TIFF variant, and the same from a zip of them', async () => {
    const variants = sharedData('tiff-variants');
    const direct = await run(variants, '-o', at('variants'));
    expect(direct.code).toBe(0);
    expect(direct.done).toMatchObject({ files: 20, done: 20, failed: 0 });
    await zipOf(variants, at('variants.zip'));
    const zipped = await run(at('variants.zip'), '-o', at('from-zip'));
    expect(zipped.code).toBe(0);
    const tree = await treeOf(at('variants'));
    const fromZip = await treeOf(at('from-zip', 'variants'));
    for (const [name, hash] of Object.entries(fromZip)) expect([name, tree[name]]).toEqual([name, hash]);
    expect(Object.keys(fromZip)).toHaveLength(60); // labels, preview and measurements of each
  }, 180_000);

  it('keeps shape and axes of a stack', async () => {
    expect((await run(sharedData('tiff-variants', 'stack.tif'), '-o', at('stack'))).code).toBe(0);
    const infoOf = async (file: string) => {
      await using source = await openFileSource(file);
      return (await openImage(source)).info;
    };
    const input = await infoOf(sharedData('tiff-variants', 'stack.tif'));
    const labels = await infoOf(at('stack/stack_labels.tif'));
    const { height, width, positions, times, depths } = input;
    expect(labels).toMatchObject({ height, width, positions, times, depths, type: 'uint16', channels: 1 });
  }, 60_000);

  it('works with the real model package as it is, and finds the nuclei', async () => {
    const model = sharedData('models', 'unet2d_nuclei_broad');
    const { code, done } = await run(sharedData('images', 'nuclei-dsb2018.tif'), '-o', at('real-model'), '-m', model);
    expect(code).toBe(0);
    expect(done!.objects).toBeGreaterThan(80);
    expect(done!.objects).toBeLessThan(130);
  }, 60_000);

  it('scores the shipped model at 0.80 or more on nuclei that it never saw', async () => {
    const images = sharedData('images');
    const { code, stdout } = await cli(['model', 'score', 'nuclei', '--images', images, '--labels', images, '--json']);
    expect(code).toBe(0);
    type Scored = { images: { image: string; thresholds: { iou: number; f1: number }[] }[] };
    const [{ images: scored }] = jsonLines(stdout) as unknown as [Scored];
    expect(scored.map(({ image }) => image)).toEqual(['nuclei-dsb2018.tif']);
    const { thresholds } = scored[0]!;
    expect(thresholds.map(({ iou }) => iou)).toEqual([0.5, 0.6, 0.7, 0.8, 0.9]);
    expect(thresholds[0]!.f1).toBeGreaterThanOrEqual(0.8);
  }, 60_000);

  it.each([['nuclei'], [sharedData('models', 'unet2d_nuclei_broad')]])(
    'checks the test tensors of %s',
    async (model) => {
      const { code, stdout } = await cli(['model', 'check', model, '--json']);
      expect(code).toBe(0);
      const [checked] = jsonLines(stdout) as unknown as { tests: { maxDifference: number; tolerance: number }[] }[];
      expect(checked!.tests.length).toBeGreaterThan(0);
      for (const { maxDifference, tolerance } of checked!.tests) expect(maxDifference).toBeLessThanOrEqual(tolerance);
    },
    60_000,
  );
});

describe('labdeploy run on a folder with bad files', () => {
  /** A classic TIFF of one uncompressed 8-bit strip. */
  const tiff = (height: number, width: number, data: Buffer) => {
    const entries: [number, number, number][] = [
      [256, 3, width],
      [257, 3, height],
      [258, 3, 8],
      [259, 3, 1],
      [262, 3, 1],
      [273, 4, 8],
      [277, 3, 1],
      [278, 3, Math.max(height, 1)],
      [279, 4, height * width],
    ];
    const directory = Buffer.alloc(2 + 12 * entries.length + 4);
    directory.writeUInt16LE(entries.length);
    entries.forEach(([tag, type, value], i) => {
      directory.writeUInt16LE(tag, 2 + 12 * i);
      directory.writeUInt16LE(type, 4 + 12 * i);
      directory.writeUInt32LE(1, 6 + 12 * i);
      directory.writeUInt32LE(value, 10 + 12 * i);
    });
    const header = Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0]);
    header.writeUInt32LE(8 + data.length, 4);
    return Buffer.concat([header, data, directory]);
  };

  it('gives results for the good, a named reason for each bad, and 3', async () => {
    await makeSamples(at('samples'));
    await mkdir(at('mixed/deep'), { recursive: true });
    await copyFile(at('samples/images/sparse.tif'), at('mixed/deep/sparse.tif'));
    const good = await readFile(at('samples/images/dense.tif'));
    await writeFile(at('mixed/dense.tif'), good);
    await writeFile(at('mixed/truncated.tif'), good.subarray(0, good.length / 2));
    await writeFile(at('mixed/empty.tif'), '');
    await writeFile(at('mixed/nothing.tif'), tiff(0, 0, Buffer.alloc(0)));
    await writeFile(at('mixed/notes.txt'), 'exposure 20 ms');
    await writeFile(at('mixed/text.tif'), 'not a TIFF at all');
    await writeFile(at('mixed/tiny.tif'), tiff(1, 1, Buffer.of(7)));
    const { code, lines, done } = await run(at('mixed'), '-o', at('mixed-out'), '--zip');
    expect(code).toBe(3);
    expect(done).toMatchObject({ files: 8, done: 3, failed: 4, leftOut: 1 });
    const failed = lines.filter(({ event }) => event === 'run.failed').map(({ path, code }) => [path, code]);
    expect(failed.sort()).toEqual([
      ['empty.tif', 'imageEmpty'],
      ['nothing.tif', 'imageBroken'],
      ['text.tif', 'imageNotTiff'],
      ['truncated.tif', 'imageBroken'],
    ]);
    const errors = (await readFile(at('mixed-out/errors.csv'), 'utf8')).trim().split('\r\n');
    expect(errors).toHaveLength(6);
    const tree = Object.keys(await treeOf(at('mixed-out')));
    expect(tree).toEqual([
      'deep/sparse_labels.tif',
      'deep/sparse_measurements.csv',
      'deep/sparse_preview.png',
      'dense_labels.tif',
      'dense_measurements.csv',
      'dense_preview.png',
      'errors.csv',
      'manifest.json',
      'results.zip',
      'summary.csv',
      'tiny_labels.tif',
      'tiny_measurements.csv',
      'tiny_preview.png',
    ]);
  }, 60_000);

  it('finishes only what is new when the bad file is mended', async () => {
    await copyFile(at('samples/images/dense.tif'), at('mixed/truncated.tif'));
    const { done } = await run(at('mixed'), '-o', at('mixed-out'));
    expect(done).toMatchObject({ done: 4, failed: 3, leftOut: 1, reused: 3 });
  }, 60_000);

  it('continues a folder without --planes when its default is given by name', async () => {
    const { done } = await run(at('mixed'), '-o', at('mixed-out'), '--planes', 'link');
    expect(done).toMatchObject({ done: 4, failed: 3, leftOut: 1, reused: 4 });
  }, 60_000);

  it('stops at the first bad file with --fail-fast', async () => {
    const { code, lines } = await run(at('mixed'), '-o', at('fail-fast'), '--fail-fast');
    expect(code).toBe(3);
    expect(lines.at(-1)).toMatchObject({ event: 'error', code: 'stoppedEarly' });
  }, 60_000);

  it('refuses a folder of results of another model, and a second run at a time', async () => {
    const { code, lines } = await run(at('mixed'), '-o', at('mixed-out'), '--channel', '0');
    expect(code).toBe(3);
    expect(lines).toMatchObject([{ event: 'error', code: 'outputTaken' }]);
  }, 60_000);

  it('says so when there is nothing', async () => {
    await mkdir(at('nothing'));
    const { code, lines } = await run(at('nothing'), '-o', at('nothing-out'));
    expect(code).toBe(3);
    expect(lines).toMatchObject([{ event: 'error', code: 'nothingToDo' }]);
    await writeFile(at('broken.zip'), 'PK, but no zip');
    expect((await run(at('broken.zip'), '-o', at('broken-out'))).lines.at(-1)).toMatchObject({
      event: 'error',
      code: 'jobFailed',
    });
  }, 60_000);
});

describe('labdeploy run on what is no image, or none that can be read', () => {
  beforeAll(async () => {
    await makeSamples(at('samples'));
  });
  const image = () => at('samples/images/sparse.tif');
  const named = (lines: { event?: unknown }[], event: string) =>
    lines
      .filter((line) => line.event === event)
      .map((line) => line as unknown as { path: string; message: string })
      .map(({ path, message }) => [path, message.slice(message.indexOf(': ') + 2)]);

  it('leaves out sidecars and hidden files by name, and ends with 0', async () => {
    await mkdir(at('sidecars'));
    await copyFile(image(), at('sidecars/a.tif'));
    for (const name of ['notes.txt', 'settings.xml', 'plate.nd', 'run.log', 'Thumbs.db', '.DS_Store', '.hidden.tif'])
      await writeFile(at('sidecars', name), 'no image');
    const { code, lines, done } = await run(at('sidecars'), '-o', at('sidecars-out'));
    expect(code).toBe(0);
    expect(done).toMatchObject({ files: 8, done: 1, failed: 0, leftOut: 7 });
    expect(named(lines, 'run.failed')).toEqual([]);
    const suffix = 'its name does not end in .tif, .tiff, .btf, .tf8, .lsm, .stk, .png or .jpg';
    expect(named(lines, 'run.leftOut')).toEqual([
      ['.DS_Store', 'Finder or Explorer made it'],
      ['.hidden.tif', 'it is hidden: its name or that of its folder starts with a dot'],
      ['Thumbs.db', 'Finder or Explorer made it'],
      ['notes.txt', suffix],
      ['plate.nd', suffix],
      ['run.log', suffix],
      ['settings.xml', suffix],
    ]);
    const errors = (await readFile(at('sidecars-out/errors.csv'), 'utf8')).trim().split('\r\n').slice(1);
    expect(errors.map((line) => line.endsWith(',left out'))).toEqual(Array(7).fill(true));
  }, 60_000);

  it('names pipes, devices, links to them and links to nowhere, and reads names that are not UTF-8', async () => {
    await mkdir(at('odd'));
    await copyFile(image(), Buffer.concat([Buffer.from(`${at('odd')}/Z`), Buffer.of(0xe4), Buffer.from('.tif')]));
    execFileSync('mkfifo', [at('odd/pipe.tif')]);
    await symlink(at('odd/pipe.tif'), at('odd/to-pipe.tif'));
    await symlink('/dev/zero', at('odd/zero.tif'));
    await symlink('nowhere.tif', at('odd/dangling.tif'));
    const { code, lines, done } = await run(at('odd'), '-o', at('odd-out'));
    expect(code).toBe(3);
    expect(done).toMatchObject({ files: 5, done: 1, failed: 4, leftOut: 0 });
    expect(named(lines, 'run.failed')).toEqual([
      ['dangling.tif', 'it is a link to nowhere.tif, which is not there'],
      ['pipe.tif', 'it is a named pipe, not a file'],
      ['to-pipe.tif', 'it is a named pipe, not a file'],
      ['zero.tif', 'it is a device, not a file'],
    ]);
    expect(Object.keys(await treeOf(at('odd-out')))).toContain('Z%E4_labels.tif');
  }, 60_000);

  const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
  const canDrop = process.getuid?.() === 0 && existsSync('/usr/bin/setpriv');
  (canDrop ? it : it.skip)(
    'names folders and images that this user may not read, also by a pattern, and goes on',
    async () => {
      const images = ['a.tif', 'locked.tif', 'shut/b.tif', 'listed/c.tif', 'listed/deep/d.tif'];
      await mkdir(at('rights/shut'), { recursive: true });
      await mkdir(at('rights/listed/deep'), { recursive: true });
      for (const name of images) await copyFile(image(), at('rights', name));
      await chmod(at('rights/locked.tif'), 0o600);
      await chmod(at('rights/shut'), 0o700);
      await chmod(at('rights/listed'), 0o744); // its names can be read, and nothing below it
      await mkdir(at('rights-out'));
      await chmod(at('rights-out'), 0o777);
      await chmod(folder.path, 0o755);
      const options = { under: asNobody, env: { HOME: at('rights-out') } };
      for (const input of ['rights', 'rights/**/*.tif']) {
        const { code, stdout } = await startCli(['run', at(input), '-o', at('rights-out'), '--json'], options).finished;
        expect(code).toBe(3);
        const lines = jsonLines(stdout);
        expect(lines.find(({ event }) => event === 'run.done')).toMatchObject({ files: 5, done: 1, failed: 4 });
        expect(named(lines, 'run.failed').sort()).toEqual([
          ['listed/c.tif', 'permission denied'],
          ['listed/deep', 'the folder cannot be read: permission denied'],
          ['locked.tif', 'permission denied'],
          ['shut', 'the folder cannot be read: permission denied'],
        ]);
      }
    },
    60_000,
  );

  it('fails an image by name that two processes died of, and finishes all others', async () => {
    await mkdir(at('deadly'));
    for (const name of ['a.tif', 'b.tif', 'killer.tif']) await copyFile(image(), at('deadly', name));
    await writeFile(
      at('kill.mjs'),
      `import fs from 'node:fs';
       import { syncBuiltinESMExports } from 'node:module';
       for (const name of ['open', 'readFileSync']) {
         const real = fs[name];
         fs[name] = (path, ...rest) => {
           if (String(path).endsWith('/killer.tif')) process.kill(process.pid, 'SIGKILL');
           return real(path, ...rest);
         };
       }
       syncBuiltinESMExports();`,
    );
    const deadly = () =>
      startCli(['run', at('deadly'), '-o', at('deadly-out'), '--json'], {
        env: { NODE_OPTIONS: `--import ${at('kill.mjs')}` },
      }).finished;
    expect(await deadly()).toMatchObject({ code: null, signal: 'SIGKILL' });
    for (let again = 0; again < 2; again++) {
      const { code, stdout } = await deadly();
      expect(code).toBe(3);
      expect(jsonLines(stdout).find(({ event }) => event === 'run.done')).toMatchObject({ done: 2, failed: 1 });
      expect(named(jsonLines(stdout), 'run.failed')).toEqual([['killer.tif', 'the process ended while reading it']]);
    }
    const { code, done } = await run(at('deadly'), '-o', at('deadly-out')); // the image was not to blame
    expect({ code, ...done }).toMatchObject({ code: 0, done: 3, failed: 0 });
  }, 120_000);
});
