import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openOutput, type RunIdentity } from '../../../cli/run/output.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const identity = (name = 'nuclei', channel?: string, root = '/lab/day1'): RunIdentity => ({
  root,
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
  /** As a run does that finishes an image. */
  async function finish(output: Awaited<ReturnType<typeof openOutput>>) {
    await writeFile(join(output.folder, 'a_labels.tif'), 'labels');
    output.written.add(['a_labels.tif'], false);
    await output[Symbol.asyncDispose]();
  }

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
    ['another model', identity('cells'), 'another model: nuclei 1, not cells 1'],
    ['another channel', identity('nuclei', 'DAPI'), 'other settings: --channel not given, now DAPI'],
  ])('is refused to %s, and given with overwrite', async (_, other, why) => {
    await finish(await openOutput(out(), identity(), false));
    await expect(openOutput(out(), other, false)).rejects.toMatchObject({
      code: 'outputTaken',
      advice: { why: `its results are of ${why}` },
    });
    await using given = await openOutput(out(), other, true);
    const marker = JSON.parse(await readFile(join(given.work, 'run.json'), 'utf8'));
    expect(marker.model.name).toBe(other.model.name);
  });

  it('is refused with the options that differ, as they were and as they are now', async () => {
    const of = (settings: Partial<RunIdentity['settings']>): RunIdentity => ({
      ...identity(),
      settings: { ...identity().settings, ...settings },
    });
    const before = of({ ring: 5, probabilities: true, positive: [{ channel: 'GFP', threshold: 'bg+3' }] });
    await finish(await openOutput(out(), before, false));
    await expect(
      openOutput(out(), of({ planes: 'max', ring: 2.5, minSize: 9, invert: true }), false),
    ).rejects.toMatchObject({
      advice: {
        why: 'its results are of other settings: --prob given, now not given; --ring 5, now 2.5; --positive GFP=bg+3, now not given; --planes not given, now max; --min-size not given, now 9; --invert not given, now given',
      },
    });
  });

  it('is given with other options where no image was finished, and not once one was', async () => {
    const other = identity('nuclei', 'DAPI');
    await (await openOutput(out(), identity(), false))[Symbol.asyncDispose]();
    const given = await openOutput(out(), other, false);
    await writeFile(join(out(), 'a_labels.tif'), 'labels');
    given.written.add(['a_labels.tif'], false);
    await given[Symbol.asyncDispose]();
    await expect(openOutput(out(), identity(), false)).rejects.toMatchObject({
      advice: { why: 'its results are of other settings: --channel DAPI, now not given' },
    });
  });

  it('is refused with other options where its results are older than the list of them', async () => {
    await (await openOutput(out(), identity(), false))[Symbol.asyncDispose]();
    const file = join(out(), '.labdeploy', 'run.json');
    const { listed: _, ...marker } = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify(marker));
    await expect(openOutput(out(), identity('nuclei', 'DAPI'), false)).rejects.toMatchObject({ code: 'outputTaken' });
  });

  describe('with the results of one folder of images', () => {
    const at = (...names: string[]) => join(folder.path, ...names);
    const of = (root: string) => identity('nuclei', undefined, root);
    const open = async (root: string, overwrite = false) => finish(await openOutput(out(), of(root), overwrite));
    beforeEach(async () => {
      await mkdir(at('day1'));
      await mkdir(at('day2'));
      await open(at('day1'));
    });

    it('is refused to a run of another folder, naming both', async () => {
      const wanted = `its results are of the images in ${at('day1')}, not of those in ${at('day2')}`;
      await expect(open(at('day2'))).rejects.toMatchObject({ code: 'outputTaken', advice: { exit: 3, why: wanted } });
      await open(at('day1'));
    });

    it('is given to another folder with overwrite, and is that folder’s from then on', async () => {
      await open(at('day2'), true);
      await open(at('day2'));
      await expect(open(at('day1'))).rejects.toMatchObject({ code: 'outputTaken' });
    });

    it.each(['zip beside', 'parent', 'folder inside'])('is refused to a %s', async (which) => {
      await mkdir(at('day1', 'a'));
      await writeFile(at('day1.zip'), 'zip');
      const roots: Record<string, string> = {
        'zip beside': at('day1.zip'),
        parent: at(),
        'folder inside': at('day1', 'a'),
      };
      await expect(open(roots[which]!)).rejects.toMatchObject({ code: 'outputTaken' });
    });

    it('is given to a link to that folder', async () => {
      await symlink(at('day1'), at('today'));
      await open(at('today'));
    });

    it('is refused to a link that leads to another folder by now', async () => {
      await symlink(at('day1'), at('today'));
      await open(at('today'));
      await rm(at('today'));
      await symlink(at('day2'), at('today'));
      await expect(open(at('today'))).rejects.toMatchObject({ code: 'outputTaken' });
    });

    it('is given where the disk knows another recorded name as the same folder, as one without case does', async () => {
      const marker = join(out(), '.labdeploy', 'run.json');
      const written = JSON.parse(await readFile(marker, 'utf8'));
      await symlink(at('day1'), at('DAY1')); // stands for the other spelling: both names lead to one entry
      await writeFile(marker, JSON.stringify({ ...written, root: at('DAY1') }));
      await open(at('day1'));
    });

    it('is given where the marker is older than the record of the folder, and records it', async () => {
      const marker = join(out(), '.labdeploy', 'run.json');
      const { root: _, ...written } = JSON.parse(await readFile(marker, 'utf8'));
      await writeFile(marker, JSON.stringify(written));
      await open(at('day2'));
      await expect(open(at('day1'))).rejects.toMatchObject({ code: 'outputTaken' });
    });

    it('is one folder’s, also where runs of two begin at once', async () => {
      await rm(out(), { recursive: true });
      const begun = await Promise.allSettled([
        openOutput(out(), of(at('day1')), false),
        openOutput(out(), of(at('day2')), false),
      ]);
      const given = begun.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      expect(given).toHaveLength(1);
      const refused = begun.flatMap((each) => (each.status === 'rejected' ? [each.reason.code] : []));
      expect(['outputLocked', 'outputTaken']).toContain(refused[0]);
      await finish(given[0]!);
      const { root } = JSON.parse(await readFile(join(out(), '.labdeploy', 'run.json'), 'utf8'));
      const other = root === at('day1') ? at('day2') : at('day1');
      await expect(open(other)).rejects.toMatchObject({ code: 'outputTaken' });
    });

    it('is given where a run ended before it had begun', async () => {
      await rm(out(), { recursive: true });
      await mkdir(join(out(), '.labdeploy'), { recursive: true });
      await open(at('day2'));
    });
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
