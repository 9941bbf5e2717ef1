import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openOutput, type RunIdentity } from '../../../cli/run/output.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const identity = (name = 'nuclei', channel?: string): RunIdentity => ({
  model: { name, version: '1', sha256: 'a'.repeat(64), definition: 'b'.repeat(64) },
  settings: {
    model: { name, sha256: 'a'.repeat(64) },
    probabilities: false,
    ...(channel !== undefined && { channel }),
  },
});

describe('the output folder of a run', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(async () => folder[Symbol.asyncDispose]());
  const out = () => join(folder.path, 'new', 'out');

  it('is made, and is opened again by a run of the same model and settings', async () => {
    await (await openOutput(out(), identity(), false))[Symbol.asyncDispose]();
    await using again = await openOutput(
      out(),
      { ...identity(), settings: { ...identity().settings, archive: true } },
      false,
    );
    expect(again.folder).toBe(out());
  });

  it.each([
    ['another model', identity('cells')],
    ['another channel', identity('nuclei', 'DAPI')],
  ])('is refused to %s, and given with overwrite', async (_, other) => {
    await (await openOutput(out(), identity(), false))[Symbol.asyncDispose]();
    await expect(openOutput(out(), other, false)).rejects.toMatchObject({
      code: 'outputTaken',
      advice: { why: expect.stringContaining('nuclei 1') },
    });
    await using given = await openOutput(out(), other, true);
    const marker = JSON.parse(await readFile(join(given.work, 'run.json'), 'utf8'));
    expect(marker.model.name).toBe(other.model.name);
  });

  it('is refused when it holds files that no run made', async () => {
    await mkdir(out(), { recursive: true });
    await writeFile(join(out(), 'thesis.tex'), 'x');
    await expect(openOutput(out(), identity(), false)).rejects.toMatchObject({ code: 'outputTaken' });
  });

  it('is held by one run at a time', async () => {
    const first = await openOutput(out(), identity(), false);
    await expect(openOutput(out(), identity(), false)).rejects.toMatchObject({
      code: 'outputLocked',
      advice: { exit: 6 },
    });
    await first[Symbol.asyncDispose]();
    await (await openOutput(out(), identity(), false))[Symbol.asyncDispose]();
  });

  it('says why it cannot be made', async () => {
    await writeFile(join(folder.path, 'new'), 'a file, not a folder');
    await expect(openOutput(out(), identity(), false)).rejects.toMatchObject({
      code: 'outputUnwritable',
      advice: { why: expect.stringContaining('ENOTDIR') },
    });
  });
});
