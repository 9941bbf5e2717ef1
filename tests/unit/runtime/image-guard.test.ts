import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { imageGuard } from '../../../functions/runtime/image-guard.ts';
import { openWorkJournal } from '../../../functions/runtime/work-journal.ts';
import type { PredictResult } from '../../../functions/stages/predict/predict.ts';
import { type StageWorld, stageWorld } from '../../support/stage-world.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';

let folder: TemporaryFolder;
let world: StageWorld;
beforeEach(async () => {
  folder = await temporaryFolder();
  world = await stageWorld();
  await world.jobs.expect(world.job, [
    { path: 'a.tif', bytes: 1 },
    { path: 'b.tif', bytes: 1 },
  ]);
});
afterEach(() => folder[Symbol.asyncDispose]());

const image = (path = 'a.tif') => ({ ...world.job, path });
const noted = () => readdir(join(folder.path, 'in-work'));
const done = async (): Promise<PredictResult> => 'continues';

/** What a process does that knows of those before it; `alone`: how an image ends in a process of its own. */
function nextProcess(alone: 'ended' | 'died' = 'ended') {
  const journal = openWorkJournal(join(folder.path, 'in-work'));
  const tried: string[] = [];
  const suspects = {
    journal,
    predictAlone: async ({ path }: { path: string }) => {
      tried.push(path);
      return alone;
    },
  };
  return {
    tried,
    handle: (path: string, predict = done) => imageGuard(suspects)(image(path), predict, world),
    dieAt: (path: string) => journal.begin(image(path)),
  };
}

describe('an image in work', () => {
  it('is noted until it has ended, however it does', async () => {
    const process = nextProcess();
    const seen: string[][] = [];
    await process.handle('a.tif', async () => {
      seen.push(await noted());
      return 'continues';
    });
    expect([seen[0]!.length, await noted()]).toEqual([1, []]);
    const broken = async () => Promise.reject(new Error('the store is gone'));
    await expect(process.handle('a.tif', broken)).rejects.toThrow('the store is gone');
    expect(await noted()).toEqual([]);
    expect(process.tried).toEqual([]);
  });

  it('when a process ended is tried in one of its own, and then as usual', async () => {
    nextProcess().dieAt('a.tif');
    const process = nextProcess();
    await process.handle('b.tif');
    expect(await process.handle('a.tif')).toBe('continues');
    expect(process.tried).toEqual(['a.tif']);
    expect(await noted()).toEqual([]);
    await process.handle('a.tif');
    expect(process.tried).toEqual(['a.tif']);
  });

  it('when a process ended is not called finished before by the one that tries it alone', async () => {
    nextProcess().dieAt('a.tif');
    const process = nextProcess();
    const kept = async () => ({ summary: { objects: 7 }, reused: true }) as unknown as PredictResult;
    expect(await process.handle('a.tif', kept)).toEqual({ summary: { objects: 7 }, reused: false });
    expect(await process.handle('b.tif', kept)).toEqual({ summary: { objects: 7 }, reused: true });
  });

  it('that ends that process too is failed by name, and is never again tried in the one that serves others', async () => {
    nextProcess().dieAt('a.tif');
    const predict = async () => Promise.reject(new Error('this would end the process'));
    const process = nextProcess('died');
    expect(await process.handle('a.tif', predict)).toMatchObject({ failed: { code: 'gaveUp' } });
    expect(await world.outcomes()).toEqual([
      'a.tif: gaveUp: processing was given up: the process ended while reading it',
      'b.tif: pending',
    ]);
    expect((await noted()).length).toBe(1);
    const later = nextProcess('died');
    await world.jobs.finishFile(world.job, 'b.tif', { state: 'done' });
    await world.jobs.seal(world.job);
    await world.jobs.submit(world.job);
    await world.jobs.startPackaging(world.job);
    await world.jobs.complete(world.job, 1);
    await world.jobs.reopen(world.job);
    await world.jobs.resetFailed(world.job, 10);
    await later.handle('a.tif', predict);
    expect(later.tried).toEqual(['a.tif']);
  });

  it('of a job that has ended meanwhile is not tried', async () => {
    nextProcess().dieAt('a.tif');
    await world.jobs.cancel(world.job);
    const process = nextProcess('died');
    expect(await process.handle('a.tif')).toBe('continues');
    expect(process.tried).toEqual([]);
  });
});
