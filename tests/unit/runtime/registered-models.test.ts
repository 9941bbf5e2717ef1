import { createHash } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { packageRef } from '../../../functions/core/object-keys.ts';
import type { ObjectStore } from '../../../functions/ports/object-store.ts';
import { inspectAlone } from '../../../functions/runtime/inspect-alone.ts';
import { offerModels } from '../../../functions/runtime/offered-models.ts';
import { packageCache } from '../../../functions/runtime/package-cache.ts';
import { clearReceived } from '../../../functions/runtime/received-package.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { memoryObjectStore } from '../../support/memory/object-store.ts';
import { modelCopy, npyOfZeros, zipOf } from '../../support/model-packages.ts';
import { modelFolder, planeOf } from '../../support/models.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

let folder: TemporaryFolder;
let objects: ObjectStore;
const at = (...names: string[]) => join(folder.path, ...names);
beforeEach(async () => {
  folder = await temporaryFolder();
  objects = memoryObjectStore(manualClock());
});
afterEach(() => folder[Symbol.asyncDispose]());

/** Keeps a package in the registry's bucket; its sha256. */
async function register(fixture: string, title: string): Promise<string> {
  const copy = await modelCopy(fixture, at(title), (yaml) => yaml.replace(/^name: .*$/m, `name: ${title}`));
  const zip = await zipOf(copy);
  await objects.put(packageRef(digest(zip)), zip);
  return digest(zip);
}

describe('the cache of packages', () => {
  it('fetches a package once, and keeps those that were used last', async () => {
    const [a, b] = [await register('identity', 'A'), await register('identity', 'B')];
    const largest = (await objects.head(packageRef(a)))!.bytes + 10;
    const cache = packageCache({ folder: at('cache'), mostBytes: largest });
    const [first, second] = await Promise.all([cache.path(a, objects), cache.path(a, objects)]);
    expect([first, second]).toEqual([at('cache', `${a}.zip`), at('cache', `${a}.zip`)]);
    await objects.remove(packageRef(a));
    expect(await cache.path(a, objects)).toBe(first);
    await cache.path(b, objects);
    expect(await readdir(at('cache'))).toEqual([`${b}.zip`]);
    await expect(cache.path(a, objects)).rejects.toMatchObject({ code: 'modelMissing' });
  });

  it('keeps nothing of what a killed process had received', async () => {
    const sha = await register('identity', 'A');
    const cache = packageCache({ folder: at('cache'), mostBytes: 1e9 });
    await cache.path(sha, objects);
    await mkdir(at('cache', 'received-abc'));
    await writeFile(at('cache', 'received-abc', 'package.zip'), 'half');
    await clearReceived(at('cache'));
    expect(await readdir(at('cache'))).toEqual([`${sha}.zip`]);
  });

  it('refuses a package that is not the pinned one', async () => {
    const sha256 = 'c'.repeat(64);
    await objects.put(packageRef(sha256), Buffer.from('other bytes'));
    const cache = packageCache({ folder: at('cache'), mostBytes: 1e9 });
    await expect(cache.path(sha256, objects)).rejects.toMatchObject({
      code: 'modelBroken',
      message: expect.stringContaining(`not ${sha256}`),
    });
    expect(await readdir(at('cache'))).toEqual([]);
  });
});

describe('the models of a service', () => {
  it('gives a job what it pinned: a package of the registry, or what the service was deployed with', async () => {
    const registered = packageCache({ folder: at('cache'), mostBytes: 1e9 });
    await using models = await offerModels([modelFolder('identity')], { workers: 1, registered });
    const sha = await register('identity', 'Newer');
    const { name, sha256 } = models.views[0]!;
    const old = await models.load({ model: { name, sha256 } }, objects);
    const newer = await models.load({ model: { name, sha256, package: sha } }, objects);
    expect([old.engine.model.name, newer.engine.model.name]).toEqual([name, 'Newer']);
    expect(old.release).toBeUndefined();
    expect(await models.pathOf({ model: { name, sha256, package: sha } }, objects)).toBe(at('cache', `${sha}.zip`));
    await newer.release!();
    await expect(models.load({ model: { name, sha256: 'd'.repeat(64) } }, objects)).rejects.toMatchObject({
      code: 'modelMissing',
    });
  });

  it('ends a model that nothing uses when another is used, and never one at work', async () => {
    const registered = packageCache({ folder: at('cache'), mostBytes: 1e9 });
    await using models = await offerModels([modelFolder('identity')], { workers: 1, registered });
    const load = (sha: string) => models.load({ model: { name: 'x', sha256: '', package: sha } }, objects);
    const [a, b] = [await load(await register('identity', 'A')), await load(await register('identity', 'B'))];
    const plane = planeOf(8, 8, (y, x) => y + x);
    await b.release!();
    await a.release!(); // B was used last, and stays
    await expect(a.engine.predict([plane])).rejects.toThrow('the engine is closed');
    expect((await b.engine.predict([plane])).height).toBe(8);
  });
});

describe('a package in a process of its own', () => {
  it('is said to be what it is', async () => {
    expect(await inspectAlone(modelFolder('fixed'))).toMatchObject({ facts: { name: 'Fixed', inputChannels: 2 } });
    await using empty = await temporaryFolder();
    expect(await inspectAlone(empty.path)).toMatchObject({ refused: { code: 'modelMissing' } });
  }, 60_000);

  it('is refused when its model never ends', async () => {
    const endless = await modelCopy('endless', at('endless'), (yaml) =>
      yaml
        .replace('    preprocessing: []', '    test_tensor: {source: input.npy}\n    preprocessing: []')
        .replace('    postprocessing: []', '    test_tensor: {source: output.npy}\n    postprocessing: []'),
    );
    for (const name of ['input.npy', 'output.npy']) await writeFile(join(endless, name), npyOfZeros([1, 1, 16, 16]));
    expect(await inspectAlone(endless, { seconds: 3 })).toEqual({
      refused: { code: 'modelCheckTooLong', message: expect.stringContaining('within 3 s') },
    });
  }, 60_000);

  it('ends with the service', async () => {
    const stopping = new AbortController();
    stopping.abort(new Error('the service stops'));
    await expect(inspectAlone(modelFolder('fixed'), { signal: stopping.signal })).rejects.toThrow('the service stops');
  });
});
