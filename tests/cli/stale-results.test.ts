import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type RunOptions, run } from '../../cli/actions/run.ts';
import type { CommandContext } from '../../cli/context.ts';
import { modelFolder } from '../support/models.ts';
import { roiFile } from '../support/roi-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { buildTiff } from '../support/tiff-builder.ts';
import { treeOf } from '../support/tree.ts';

const image = buildTiff({ pages: [{ height: 8, width: 8, bits: 8, data: new Uint8Array(64).fill(7) }] });
const resultsOf = (...stems: string[]) =>
  stems.flatMap((stem) => ['labels.tif', 'measurements.csv', 'preview.png'].map((kind) => `${stem}_${kind}`));
const tables = ['errors.csv', 'manifest.json', 'summary.csv'];

describe('a run into a folder with results of an earlier one', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
    await mkdir(at('day/deep'), { recursive: true });
    for (const name of ['a.tif', 'b.tif', 'deep/c.tif']) await writeFile(at('day', name), image);
  });
  afterEach(async () => folder[Symbol.asyncDispose]());
  const at = (...names: string[]) => join(folder.path, ...names);
  const held = async () => Object.keys(await treeOf(at('out'))).sort();

  /** What it says of old results: `stale FATE FILES`, `zip FATE`. */
  async function runAgain(options: Partial<RunOptions> = {}, ...inputs: string[]): Promise<string[]> {
    const said: string[] = [];
    const emit = (name: string, data: { fate: string; files: string[] }) => {
      if (name === 'run.stale') said.push(`stale ${data.fate} ${data.files.join(' ')}`);
      if (name === 'run.oldZip') said.push(`zip ${data.fate}`);
    };
    const context = { io: { emit }, signal: new AbortController().signal, cwd: folder.path, version: '0.0.0' };
    await run(
      inputs.length > 0 ? inputs : [at('day')],
      { output: at('out'), model: modelFolder('identity'), workers: 1, ...options },
      context as unknown as CommandContext,
    );
    return said;
  }

  it('names results of images that are gone, and removes them with overwrite', async () => {
    expect(await runAgain()).toEqual([]);
    await rm(at('day/deep'), { recursive: true });
    const gone = resultsOf('deep/c').sort();
    expect(await runAgain()).toEqual([`stale kept ${gone.join(' ')}`]);
    expect(await held()).toEqual([...resultsOf('a', 'b'), ...gone, ...tables].sort());
    expect(await runAgain({ overwrite: true })).toEqual([`stale removed ${gone.join(' ')}`]);
    expect(await held()).toEqual([...resultsOf('a', 'b'), ...tables].sort());
    await expect(readFile(at('out/deep'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await runAgain()).toEqual([]);
  }, 30_000);

  it('removes the table of regions where no image has any more, and no other of that name', async () => {
    await writeFile(at('day/a.roi'), roiFile({ type: 1, box: [0, 0, 4, 4], name: 'CA1' }));
    await runAgain();
    expect(await held()).toContain('regions.csv');
    await rm(at('day/a.roi'));
    await runAgain();
    expect(await held()).toEqual([...resultsOf('a', 'b', 'deep/c'), ...tables].sort());
    await writeFile(at('out/regions.csv'), 'mine\n');
    await runAgain();
    expect(await readFile(at('out/regions.csv'), 'utf8')).toBe('mine\n');
  }, 30_000);

  it('removes probability maps that the new settings do not make', async () => {
    await runAgain({ prob: true });
    const said = await runAgain({ overwrite: true });
    expect(said).toEqual(['stale removed a_prob.tif b_prob.tif deep/c_prob.tif']);
    expect(await held()).toEqual([...resultsOf('a', 'b', 'deep/c'), ...tables].sort());
  }, 30_000);

  it('never removes what the user has changed or added', async () => {
    await runAgain();
    await writeFile(at('out/a_labels.tif'), 'corrected by hand');
    await writeFile(at('out/a_prob.tif'), 'of another program');
    await rm(at('day/a.tif'));
    const said = await runAgain({ overwrite: true });
    expect(said).toEqual(['stale removed a_measurements.csv a_preview.png', 'stale changed a_labels.tif']);
    expect(await held()).toEqual(['a_labels.tif', 'a_prob.tif', ...resultsOf('b', 'deep/c'), ...tables].sort());
    expect(await readFile(at('out/a_labels.tif'), 'utf8')).toBe('corrected by hand');
  }, 30_000);

  it('keeps the zip of the same results, removes that of others and leaves one that no run made', async () => {
    expect(await runAgain({ zip: true })).toEqual([]);
    expect(await runAgain()).toEqual(['zip same']);
    expect(await held()).toContain('results.zip');
    await writeFile(at('day/d.tif'), image);
    expect(await runAgain()).toEqual(['zip other']);
    expect(await held()).not.toContain('results.zip');
    await writeFile(at('out/results.zip'), 'mine');
    expect(await runAgain()).toEqual(['zip changed']);
    expect(await readFile(at('out/results.zip'), 'utf8')).toBe('mine');
  }, 30_000);

  it('takes no file outside the folder from a list that another person has written', async () => {
    await runAgain();
    await writeFile(at('mine_labels.tif'), 'mine');
    const { size: bytes, mtimeMs: modifiedMs } = await stat(at('mine_labels.tif'));
    const line = JSON.stringify({ file: '../mine_labels.tif', state: { bytes, modifiedMs } });
    await writeFile(at('out/.labdeploy/written.jsonl'), `${line}\n`, { flag: 'a' });
    expect(await runAgain({ overwrite: true })).toEqual([]);
    expect(await readFile(at('mine_labels.tif'), 'utf8')).toBe('mine');
  }, 30_000);

  it('takes a folder in which all failed for other options', async () => {
    for (const name of ['a.tif', 'b.tif', 'deep/c.tif']) await writeFile(at('day', name), 'no TIFF');
    await expect(runAgain({ prob: true })).rejects.toMatchObject({ code: 'filesFailed' });
    await writeFile(at('day/a.tif'), image);
    await expect(runAgain()).rejects.toMatchObject({ code: 'filesFailed' });
    await expect(runAgain({ prob: true })).rejects.toMatchObject({ code: 'outputTaken' });
  }, 30_000);
});
