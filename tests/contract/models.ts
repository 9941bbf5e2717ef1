import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ModelFacts, type ModelUpload, offeredVersions } from '../../functions/core/model-version.ts';
import type { Models } from '../../functions/ports/models.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';

const upload = (id: string): ModelUpload => ({ id, kind: 'onnx', bytes: 1000, by: 'olga', byName: 'Olga' });

export const factsOf = (name: string, digit: string): ModelFacts => ({
  package: digit.repeat(64),
  name,
  version: '1.0',
  weights: 'a'.repeat(64),
  definition: 'b'.repeat(64),
  description: 'nuclei of a test',
  inputChannels: 1,
  greyFromRgb: false,
  authors: ['Ada'],
  maps: [{ output: 'prob', maxDifference: 0, tolerance: 0.001 }],
});

const olga = { id: 'olga', name: 'Olga' };
const broken = { code: 'modelBroken', message: 'it is no package' };

/** Every promise of ports/models. `open` gives an empty one. */
export const modelsContract = (adapter: string, open: (clock: ManualClock) => Promise<Models & AsyncDisposable>) =>
  describe(`Models on ${adapter}`, () => {
    let models: Models & AsyncDisposable;
    let clock: ManualClock;
    beforeEach(async () => {
      clock = manualClock();
      models = await open(clock);
    });
    afterEach(async () => models[Symbol.asyncDispose]());

    /** A version that passed its check. */
    const ready = async (id: string, name: string, digit: string) => {
      await models.add(upload(id));
      await models.startCheck(id);
      return models.accept(id, factsOf(name, digit));
    };
    const offeredNow = async () =>
      offeredVersions(await models.all()).map(({ facts, revision }) => `${facts.name} ${revision}`);

    it('adds a version once, whoever repeats it', async () => {
      const added = await models.add({ ...upload('a'), parent: 'p', scores: { 'f1@0.5': 0.8 } });
      expect(added).toEqual({
        ...upload('a'),
        parent: 'p',
        scores: { 'f1@0.5': 0.8 },
        state: 'added',
        addedAt: clock.now(),
        changedAt: clock.now(),
        attempts: 0,
      });
      expect(await models.add({ ...upload('a'), bytes: 7 })).toEqual(added);
      expect(await models.get('a')).toEqual(added);
      expect(await models.get('none')).toBeUndefined();
    });

    it('lists versions newest first', async () => {
      for (const id of ['b', 'c', 'a']) {
        await models.add(upload(id));
        clock.advance(1000);
      }
      expect((await models.all()).versions.map(({ id }) => id)).toEqual(['a', 'c', 'b']);
    });

    it('counts the attempts of a check, and numbers what passes it by its name', async () => {
      await models.add(upload('a'));
      expect(await models.startCheck('a')).toMatchObject({ state: 'checking', attempts: 1 });
      expect(await models.startCheck('a')).toMatchObject({ state: 'checking', attempts: 2 });
      const accepted = await models.accept('a', factsOf('nuclei', '1'));
      expect(accepted).toMatchObject({ state: 'ready', revision: 1, facts: factsOf('nuclei', '1') });
      expect(await models.get('a')).toEqual(accepted);
      expect(await ready('b', 'nuclei', '2')).toMatchObject({ revision: 2 });
      expect(await ready('c', 'cells', '3')).toMatchObject({ revision: 1 });
    });

    it('gives every version that passes at once a number of its own', async () => {
      const ids = ['a', 'b', 'c', 'd', 'e'];
      const accepted = await Promise.all(ids.map((id, i) => ready(id, 'nuclei', String(i))));
      const numbers = accepted.map((each) => (each !== undefined && 'revision' in each ? each.revision : 0));
      expect(numbers.sort()).toEqual([1, 2, 3, 4, 5]);
    });

    it('does not accept what is not being checked, nor the same package twice', async () => {
      await models.add(upload('a'));
      expect(await models.accept('a', factsOf('nuclei', '1'))).toBeUndefined();
      expect(await models.accept('none', factsOf('nuclei', '1'))).toBeUndefined();
      const first = await ready('b', 'nuclei', '1');
      expect(await ready('c', 'nuclei', '1')).toEqual({ known: first });
      expect(await models.get('c')).toMatchObject({ state: 'checking' });
      expect((await models.all()).lines).toEqual([{ name: 'nuclei', last: 1 }]);
    });

    it('accepts the package of a retired version anew', async () => {
      await ready('a', 'nuclei', '1');
      await models.retire('a');
      expect(await ready('b', 'nuclei', '1')).toMatchObject({ state: 'ready', revision: 2 });
    });

    it('refuses with a reason, and checks again when it is asked', async () => {
      await models.add(upload('a'));
      await models.startCheck('a');
      expect(await models.refuse('a', broken)).toMatchObject({ state: 'refused', failure: broken });
      expect(await models.startCheck('a')).toBeUndefined();
      const again = await models.checkAgain('a');
      expect(again).toMatchObject({ state: 'added', attempts: 0 });
      expect(again).not.toHaveProperty('failure');
      await models.startCheck('a');
      await models.accept('a', factsOf('nuclei', '1'));
      expect(await models.refuse('a', broken)).toBeUndefined();
      expect(await models.checkAgain('a')).toBeUndefined();
    });

    it('follows the build of an image from its start to its end, and no other build', async () => {
      const of = { source: 'f'.repeat(64), dockerfile: 'Dockerfile' };
      expect(await models.startBuild('a', of)).toBeUndefined();
      await models.add(upload('a'));
      await models.startCheck('a');
      expect(await models.startBuild('a', of)).toMatchObject({
        ...{ state: 'building', attempts: 0 },
        build: { ...of, phases: [] },
      });
      expect(await models.startCheck('a')).toBeUndefined();
      expect(await models.startBuild('a', of)).toBeUndefined();
      const phases = [{ name: 'submitted', state: 'running' }] as const;
      const build = { ...of, id: 'builds:1', phases };
      expect(await models.followBuild('a', build)).toMatchObject({ state: 'building', build });
      expect(await models.followBuild('a', { ...build, id: 'builds:2' })).toBeUndefined();
      const built = await models.endBuild('a', 'images@sha256:1');
      expect(built).toMatchObject({ state: 'added', build: { ...build, image: 'images@sha256:1' } });
      expect(await models.get('a')).toEqual(built);
      expect(await models.endBuild('a', 'images@sha256:2')).toBeUndefined();
      expect(await models.followBuild('a', build)).toBeUndefined();
    });

    it('refuses, retires or begins anew what is being built; only an image that is there stays', async () => {
      const of = { source: 'f'.repeat(64), dockerfile: 'Dockerfile' };
      for (const id of ['a', 'b', 'c']) {
        await models.add(upload(id));
        await models.startBuild(id, of);
      }
      expect(await models.refuse('a', broken)).toMatchObject({ state: 'refused', build: of });
      expect(await models.checkAgain('a')).not.toHaveProperty('build');
      expect(await models.retire('b')).toMatchObject({ state: 'retired' });
      await models.endBuild('c', 'images@sha256:1');
      await models.refuse('c', broken);
      expect(await models.checkAgain('c')).toMatchObject({
        state: 'added',
        build: { ...of, image: 'images@sha256:1' },
      });
    });

    it('offers only a newer version that is ready', async () => {
      await models.add(upload('raw'));
      expect(await models.offer('raw', olga)).toBeUndefined();
      expect(await models.offer('none', olga)).toBeUndefined();
      await ready('a', 'nuclei', '1');
      await ready('b', 'nuclei', '2');
      expect(await offeredNow()).toEqual([]);
      expect(await models.offer('b', olga)).toEqual({
        name: 'nuclei',
        last: 2,
        offered: 2,
        offeredBy: 'Olga',
        offeredById: 'olga',
        offeredAt: clock.now(),
      });
      expect(await models.offer('b', olga)).toBeUndefined();
      expect(await models.offer('a', olga)).toBeUndefined();
      expect(await offeredNow()).toEqual(['nuclei 2']);
    });

    it('keeps the newest of several that are offered at once', async () => {
      const ids = ['a', 'b', 'c', 'd'];
      for (const [i, id] of ids.entries()) await ready(id, 'nuclei', String(i));
      const moved = await Promise.all(ids.map((id) => models.offer(id, olga)));
      expect(moved[3]).toMatchObject({ name: 'nuclei', last: 4, offered: 4 });
      expect(await offeredNow()).toEqual(['nuclei 4']);
    });

    it('offers a retired version to no new job, and goes on with a newer one', async () => {
      await ready('a', 'nuclei', '1');
      await models.offer('a', olga);
      expect(await models.retire('a')).toMatchObject({ state: 'retired', revision: 1 });
      expect(await models.retire('a')).toBeUndefined();
      expect(await offeredNow()).toEqual([]);
      expect(await models.offer('a', olga)).toBeUndefined();
      await ready('b', 'nuclei', '2');
      await models.offer('b', olga);
      expect(await offeredNow()).toEqual(['nuclei 2']);
    });

    it('forgets who added and offered what stays', async () => {
      await ready('a', 'nuclei', '1');
      await models.add({ ...upload('c'), by: 'omar', byName: 'Omar' });
      await models.offer('a', olga);
      await models.forgetPerson('omar2');
      expect((await models.all()).lines).toMatchObject([{ offeredBy: 'Olga' }]);
      await models.forgetPerson('olga');
      expect(JSON.stringify(await models.all())).not.toMatch(/olga/i);
      expect(await offeredNow()).toEqual(['nuclei 1']);
      expect(await models.get('c')).toMatchObject({ by: 'omar', byName: 'Omar' });
    });

    it('never offers what is retired at the same moment', async () => {
      await ready('a', 'nuclei', '1');
      await Promise.all([models.offer('a', olga), models.retire('a')]);
      expect(await models.get('a')).toMatchObject({ state: 'retired' });
      expect(await offeredNow()).toEqual([]);
    });
  });
