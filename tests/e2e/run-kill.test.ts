import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeSamples } from '../../samples/make.ts';
import { random } from '../../samples/synthetic.ts';
import { cli, jsonLines, startCli } from '../support/cli.ts';
import { modelFolder } from '../support/models.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { treeOf } from '../support/tree.ts';

const kills = 20;

describe('labdeploy run that is killed', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let undisturbed: Record<string, string>;
  let lastingMs: number;
  const at = (...names: string[]) => join(folder.path, ...names);
  const args = (input: string, out: string) => ['run', at('samples', input), '-o', at(out), '--zip', '--prob'];

  beforeAll(async () => {
    folder = await temporaryFolder();
    await mkdir(at('samples'));
    await makeSamples(at('samples'));
    await writeFile(at('samples/images/notes.txt'), 'not an image');
    const started = performance.now();
    expect((await cli(args('images', 'undisturbed'))).code).toBe(0); // the text file is left out
    lastingMs = performance.now() - started;
    undisturbed = await treeOf(at('undisturbed'));
  }, 60_000);
  afterAll(async () => folder[Symbol.asyncDispose]());

  it(`at ${kills} random moments leaves nothing half-written, and goes on to the same bytes`, async () => {
    expect(Object.keys(undisturbed)).toContain('dim/large cells_labels.tif');
    const uniform = random(20);
    let killed = 0;
    for (let kill = 0; kill < kills; kill++) {
      const started = performance.now();
      const { child, finished } = startCli(args('images', 'killed'));
      const late = setTimeout(() => child.kill('SIGKILL'), uniform() * lastingMs);
      const { signal } = await finished;
      clearTimeout(late);
      if (signal === 'SIGKILL') killed++;
      else if (kill % 4 === 0) lastingMs = performance.now() - started; // from nothing, and the machine is less busy now
      // What is there is whole: the same bytes as in the run that nobody disturbed.
      const partial = await treeOf(at('killed')).catch(() => ({}));
      expect(undisturbed).toMatchObject(partial);
      // Every fourth time the next run goes to its end; then it starts from nothing.
      if (kill % 4 !== 3) continue;
      expect((await cli(args('images', 'killed'))).code).toBe(0);
      expect(await treeOf(at('killed'))).toEqual(undisturbed);
      await rm(at('killed'), { recursive: true });
    }
    expect(killed).toBeGreaterThan(kills / 2); // else the moments were not inside the run
  }, 180_000);

  it('with Ctrl-C ends also inside a model that never does', async () => {
    const model = ['--model', modelFolder('endless'), '--workers', '1'];
    const { child, finished } = startCli(['run', at('samples/images'), '-o', at('endless'), '--json', ...model]);
    await new Promise<void>((resolve) => {
      child.stdout!.on('data', (text: string) => {
        if (text.includes('run.started')) resolve();
      });
    });
    const inTheModel = setInterval(() => child.kill('SIGINT'), 4000); // by then, or the next time
    const { code, signal, stderr, stdout } = await finished;
    clearInterval(inTheModel);
    expect(code ?? signal).toBe(code === null ? 'SIGINT' : 130); // a shell shows both as 130
    expect(stdout + stderr).toContain('interrupted');
  }, 60_000);

  it('with Ctrl-C stops with 130 and says how to go on; the next run keeps what was finished', async () => {
    const { child, finished } = startCli([...args('images', 'stopped'), '--json', '--workers', '1']);
    const firstFile = new Promise<void>((resolve) => {
      child.stdout!.on('data', (text: string) => {
        if (text.includes('run.file')) resolve();
      });
    });
    await Promise.race([firstFile, once(child, 'exit')]);
    child.kill('SIGINT');
    const { code, stdout } = await finished;
    expect(code).toBe(130);
    expect(jsonLines(stdout).at(-1)).toMatchObject({ event: 'error', code: 'interrupted', exit: 130 });
    const again = await cli([...args('images', 'stopped'), '--json']);
    expect(again.code).toBe(0);
    const done = jsonLines(again.stdout).find(({ event }) => event === 'run.done')!;
    expect(done.reused).toBeGreaterThanOrEqual(1);
    expect(await treeOf(at('stopped'))).toEqual(undisturbed);
  }, 60_000);

  it('while it unpacks a zip continues to the same bytes', async () => {
    expect((await cli(args('experiment.zip', 'zip'))).code).toBe(0);
    const uniform = random(21);
    for (let kill = 0; kill < 4; kill++) {
      const { child, finished } = startCli(args('experiment.zip', 'zip-killed'));
      const late = setTimeout(() => child.kill('SIGKILL'), uniform() * lastingMs);
      await finished;
      clearTimeout(late);
    }
    expect((await cli(args('experiment.zip', 'zip-killed'))).code).toBe(0);
    expect(await treeOf(at('zip-killed'))).toEqual(await treeOf(at('zip')));
  }, 60_000);
});
