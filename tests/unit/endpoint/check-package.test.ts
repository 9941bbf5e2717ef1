import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LocalDatabase } from '../../../functions/adapters/local/database.ts';
import { openLocalDatabase } from '../../../functions/adapters/local/local-database.ts';
import { localModels } from '../../../functions/adapters/local/models.ts';
import { sentPackageRef } from '../../../functions/core/object-keys.ts';
import type { Models } from '../../../functions/ports/models.ts';
import type { ObjectStore } from '../../../functions/ports/object-store.ts';
import type { Queue } from '../../../functions/ports/queue.ts';
import { inspectPackage } from '../../../functions/runtime/inspect-package.ts';
import { receivePackage } from '../../../functions/runtime/received-package.ts';
import { takeNotice } from '../../../functions/stages/answers/take-notice.ts';
import { type CheckServices, checkVersion } from '../../../functions/stages/predict/check-version.ts';
import { endpointRequests } from '../../../functions/stages/predict/endpoint-requests.ts';
import { attemptsOf } from '../../support/attempts.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { memoryObjectStore } from '../../support/memory/object-store.ts';
import { memoryQueue } from '../../support/memory/queue.ts';
import { type ModelContainer, modelContainer } from '../../support/model-container.ts';
import { modelCopy, zipOf } from '../../support/model-packages.ts';
import { type PlayedEndpoint, playedEndpoint } from '../../support/played-endpoint.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';

/** Of the first channel and the second. */
const difference = ([, height, width]: number[], data: ArrayLike<number>) => ({
  shape: [1, height!, width!],
  data: Float32Array.from({ length: height! * width! }, (_, i) => data[i]! - data[height! * width! + i]!),
});

const image = `123456789012.dkr.ecr.eu-central-1.amazonaws.com/lab/cells@sha256:${'ab'.repeat(32)}`;

describe('the check of a package whose container is kept by an endpoint', () => {
  let folder: TemporaryFolder;
  let database: LocalDatabase;
  let container: ModelContainer;
  let endpoint: PlayedEndpoint;
  let models: Models;
  let objects: ObjectStore;
  let queue: Queue;
  let services: CheckServices;
  const at = (...names: string[]) => join(folder.path, ...names);

  beforeEach(async () => {
    folder = await temporaryFolder();
    database = openLocalDatabase(':memory:');
    const clock = manualClock();
    container = await modelContainer(difference);
    models = localModels(database, clock);
    objects = memoryObjectStore(clock);
    queue = memoryQueue(clock, attemptsOf(3));
    endpoint = playedEndpoint(objects, () => container.url, image);
    services = {
      ...{ objects, models, queue },
      requests: (message) => endpointRequests(message, { objects, endpoint, clock }),
      packages: {
        receive: (id, from) => receivePackage(sentPackageRef(id), from, at('received')),
        inspect: (path, { requests }) => inspectPackage(path, { endpoint: { image, ask: requests!.ask } }),
      },
    };
    await send('a');
  });
  afterEach(async () => {
    await container[Symbol.asyncDispose]();
    database[Symbol.dispose]();
    await folder[Symbol.asyncDispose]();
  });

  /** A package of a container, and what it expects of its test. */
  async function send(id: string): Promise<void> {
    const zip = await zipOf(
      await modelCopy('fixed', at(id), (yaml) =>
        yaml
          .replace(/^weights:\n( .*\n)+/m, 'weights: {}\n')
          .concat(`config: {labdeploy: {container: {image: '${image}'}}}\n`),
      ),
    );
    await models.add({ id, kind: 'onnx', bytes: zip.length, by: 'ada' });
    await objects.put(sentPackageRef(id), zip);
  }
  const stateOf = async (id: string) => (await models.get(id))?.state;

  it('asks the endpoint, ends, and goes on with its answer', async () => {
    expect(await checkVersion('a', services)).toEqual({ checked: 'awaits' });
    expect(await checkVersion('a', services)).toEqual({ checked: 'awaits' }); // a message that comes twice
    expect([await stateOf('a'), endpoint.waiting.length]).toEqual(['added', 1]);
    await takeNotice(await endpoint.work(), { objects, queue });
    const [received] = await queue.receive('files', { max: 1, visibilitySeconds: 60 });
    expect(received!.body).toEqual({ owner: '~models', id: 'a', path: 'package.zip' });
    expect(await checkVersion('a', services)).toEqual({ checked: 'ready' });
    expect(await models.get('a')).toMatchObject({ kind: 'container', attempts: 1, facts: { container: image } });
    expect((await objects.list('results', '')).objects).toEqual([]);
  });

  it('refuses it with the words of its container', async () => {
    await checkVersion('a', services);
    container.instead.push({ status: 422, text: 'no network' });
    await takeNotice(await endpoint.work(), { objects, queue });
    expect(await checkVersion('a', services)).toEqual({
      checked: 'refused',
      failure: { code: 'modelFailed', message: expect.stringContaining('the container refuses it (422): no network') },
    });
    expect((await objects.list('results', '')).objects).toEqual([]);
  });
});
