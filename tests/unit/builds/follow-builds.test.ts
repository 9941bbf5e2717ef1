import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LocalDatabase } from '../../../functions/adapters/local/database.ts';
import { openLocalDatabase } from '../../../functions/adapters/local/local-database.ts';
import { localModels } from '../../../functions/adapters/local/models.ts';
import { builtImageRef, sentPackageRef, sourceRef } from '../../../functions/core/object-keys.ts';
import type { Models } from '../../../functions/ports/models.ts';
import type { ObjectStore } from '../../../functions/ports/object-store.ts';
import type { Queue } from '../../../functions/ports/queue.ts';
import { inspectPackage } from '../../../functions/runtime/inspect-package.ts';
import { offerModels } from '../../../functions/runtime/offered-models.ts';
import { packageCache } from '../../../functions/runtime/package-cache.ts';
import { receivePackage } from '../../../functions/runtime/received-package.ts';
import { restrict } from '../../../functions/runtime/restrict.ts';
import { type CheckServices, checkVersion } from '../../../functions/stages/predict/check-version.ts';
import { patience, sweep } from '../../../functions/stages/sweep/descriptor.ts';
import { sweepJobs } from '../../../functions/stages/sweep/sweep.ts';
import { attemptsOf } from '../../support/attempts.ts';
import { bytesOf } from '../../support/bytes.ts';
import { type ManualClock, manualClock } from '../../support/manual-clock.ts';
import { memoryJobStore } from '../../support/memory/job-store.ts';
import { memoryObjectStore } from '../../support/memory/object-store.ts';
import { memoryQueue } from '../../support/memory/queue.ts';
import { modelContainer } from '../../support/model-container.ts';
import { modelCopy, zipOf } from '../../support/model-packages.ts';
import { modelFolder } from '../../support/models.ts';
import { type PlayedBuilds, playedBuilds } from '../../support/played-builds.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';

const image = `123456789012.dkr.ecr.eu-central-1.amazonaws.com/lab-models@sha256:${'ab'.repeat(32)}`;
const building = { name: 'build', state: 'running' } as const;

describe('a model whose image is built of the Dockerfile in its package', () => {
  let folder: TemporaryFolder;
  let database: LocalDatabase;
  let clock: ManualClock;
  let models: Models;
  let objects: ObjectStore;
  let queue: Queue;
  let builds: PlayedBuilds;
  let services: CheckServices;
  /** sha256 of the package `a`. */
  let source: string;
  const at = (...names: string[]) => join(folder.path, ...names);

  beforeEach(async () => {
    folder = await temporaryFolder();
    database = openLocalDatabase(':memory:');
    clock = manualClock();
    models = localModels(database, clock);
    objects = memoryObjectStore(clock);
    queue = memoryQueue(clock, attemptsOf(3));
    builds = playedBuilds();
    services = {
      ...{ objects, models, queue },
      packages: {
        receive: (id, from) => receivePackage(sentPackageRef(id), from, at('received')),
        inspect: (path, { built }) => inspectPackage(path, { builds: true, built }),
      },
    };
    await send('a');
    expect(await checkVersion('a', services)).toEqual({ checked: 'builds' });
    source = (await models.get('a'))!.build!.source;
  });
  afterEach(async () => {
    database[Symbol.dispose]();
    await folder[Symbol.asyncDispose]();
  });

  async function send(id: string): Promise<void> {
    const zip = await zipOf(
      await modelCopy('fixed', at(id), (yaml) =>
        yaml
          .replace(/^weights:\n( .*\n)+/m, 'weights: {}\n')
          .concat('config: {labdeploy: {container: {build: docker/Dockerfile}}}\n'),
      ),
    );
    await models.add({ id, kind: 'onnx', bytes: zip.length, by: 'ada' });
    await objects.put(sentPackageRef(id), zip);
  }
  /** What an event starts, and the schedule. */
  const round = () =>
    sweepJobs(restrict(sweep, { ...{ objects, queue, clock, models, builds }, jobs: memoryJobStore(clock) }));
  const checksAsked = async () =>
    (await queue.receive('files', { max: 10, visibilitySeconds: 1000 })).map(({ body }) => body);
  const checkOfA = { owner: '~models', id: 'a', path: 'package.zip' };

  it('waits for its image: its package is the source of a build, and no check is counted', async () => {
    expect(await models.get('a')).toMatchObject({
      ...{ state: 'building', attempts: 0 },
      build: { source, dockerfile: 'docker/Dockerfile', phases: [] },
    });
    expect(await bytesOf(await objects.get(sourceRef(source)))).toEqual(
      await bytesOf(await objects.get(sentPackageRef('a'))),
    );
    expect(await checkVersion('a', services)).toEqual({ checked: 'not pending' });
  });

  it('is built once, however often a round comes, and says how far that is', async () => {
    expect(await round()).toMatchObject({ builds: 1 });
    await Promise.all([round(), round()]);
    expect(builds.started).toEqual([`${source} docker/Dockerfile`]);
    builds.says('lab-builds:1', { phases: [{ name: 'submitted', state: 'succeeded', seconds: 1 }, building] });
    await round();
    const version = await models.get('a');
    expect(version).toMatchObject({
      state: 'building',
      build: { id: 'lab-builds:1', phases: [{ name: 'submitted', state: 'succeeded', seconds: 1 }, building] },
    });
    clock.advance(60);
    await round();
    expect(await models.get('a')).toEqual(version);
    expect(await checksAsked()).toEqual([]);
  });

  it('is built once by two rounds that both find nothing started', async () => {
    await Promise.all([round(), round(), round()]);
    expect([builds.started.length, (await models.get('a'))!.build!.id]).toEqual([1, 'lab-builds:1']);
  });

  it('goes to its check when the image is there, which is asked for once', async () => {
    await round();
    builds.says('lab-builds:1', { state: 'succeeded' }, image);
    await Promise.all([round(), round()]);
    expect(await models.get('a')).toMatchObject({ state: 'added', build: { image } });
    expect(await checksAsked()).toEqual([checkOfA]);
    expect(await round()).toMatchObject({ builds: 0 });
    clock.advance(patience.step + 1);
    expect(await round()).toMatchObject({ builds: 1 }); // whoever noted the image may have died then
    expect(await checksAsked()).toEqual([checkOfA]);
  });

  it('is asked where the endpoint runs what was built, and refused where nothing runs it', async () => {
    await round();
    builds.says('lab-builds:1', { state: 'succeeded' }, image);
    await round();
    expect(await checkVersion('a', services)).toMatchObject({
      checked: 'refused',
      failure: { message: expect.stringContaining(`--config endpoint=sagemaker --config endpointImage=${image}`) },
    });
    await models.checkAgain('a');
    await using container = await modelContainer(([, height, width]: number[], data) => ({
      shape: [1, height!, width!],
      data: Float32Array.from({ length: height! * width! }, (_, i) => data[i]! - data[height! * width! + i]!),
    }));
    const ask = async (body: Uint8Array) => {
      const answer = await fetch(`${container.url}/invocations`, { method: 'POST', body: Uint8Array.from(body) });
      return answer.bytes();
    };
    const { packages } = services;
    const withEndpoint: CheckServices = {
      ...services,
      packages: {
        ...packages,
        inspect: (path, { built }) => inspectPackage(path, { builds: true, built, endpoint: { image, ask } }),
      },
    };
    expect(await checkVersion('a', withEndpoint)).toEqual({ checked: 'ready' });
    expect(await models.get('a')).toMatchObject({ kind: 'container', facts: { container: image, package: source } });
    expect(String(await bytesOf(await objects.get(builtImageRef(source))))).toBe(image);
    expect(builds.started).toHaveLength(1);

    const registered = packageCache({ folder: at('cache'), mostBytes: 1e9 });
    const settings = { model: { name: 'Fixed', sha256: '', package: source } };
    await using offered = await offerModels([modelFolder('fixed')], { workers: 1, registered, endpoint: image });
    const loaded = await offered.load(settings, objects);
    await loaded.release?.();
    const other = image.replace('ab', 'cd');
    await using moved = await offerModels([modelFolder('fixed')], { workers: 1, registered, endpoint: other });
    await expect(moved.load(settings, objects)).rejects.toThrow(`the endpoint of this service runs ${other}`);
  });

  it('is refused with the reason and the last lines of a build that fails, and built again when it is asked', async () => {
    await round();
    const phases = [{ name: 'build', state: 'failed', seconds: 7, why: 'exit status 1' }] as const;
    builds.says('lab-builds:1', { state: 'failed', phases, lines: ['COPY failed: no file', 'x'.repeat(9000)] });
    await round();
    const version = await models.get('a');
    expect(version).toMatchObject({
      state: 'refused',
      failure: { code: 'modelBuildFailed', message: expect.stringContaining('build: exit status 1') },
      build: { phases, lines: ['COPY failed: no file', 'x'.repeat(500)] },
    });
    await round();
    expect(await models.get('a')).toEqual(version);
    expect(await models.checkAgain('a')).not.toHaveProperty('build');
    clock.advance(1);
    await checkVersion('a', services);
    await round();
    expect(builds.started).toEqual([`${source} docker/Dockerfile`, `${source} docker/Dockerfile`]);
    builds.says('lab-builds:2', { state: 'succeeded' }, image);
    await round();
    expect(await models.get('a')).toMatchObject({ state: 'added', build: { image } });
  });

  it('is not built where the repository has the image of the same files', async () => {
    await round();
    builds.says('lab-builds:1', { state: 'succeeded' }, image);
    await round();
    await send('b');
    await checkVersion('b', services);
    await round();
    expect(await models.get('b')).toMatchObject({ state: 'added', build: { source, image } });
    expect(builds.started).toHaveLength(1);
  });

  it('is refused where a build succeeds without an image', async () => {
    await round();
    builds.says('lab-builds:1', { state: 'succeeded' });
    await round();
    expect(await models.get('a')).toMatchObject({ state: 'refused', failure: { code: 'modelImageGone' } });
  });

  it('can be retired while it is built, and nothing follows', async () => {
    await round();
    await models.retire('a');
    builds.says('lab-builds:1', { state: 'succeeded' }, image);
    await round();
    expect(await models.get('a')).toMatchObject({ state: 'retired' });
    expect(await checksAsked()).toEqual([]);
  });

  it('is followed by nobody in a service that builds no images', async () => {
    const ports = { objects, queue, clock, models, jobs: memoryJobStore(clock) };
    expect(await sweepJobs(restrict(sweep, ports))).not.toHaveProperty('builds');
    expect(builds.started).toEqual([]);
  });
});
