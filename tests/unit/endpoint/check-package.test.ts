import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Models } from '../../../functions/ports/models.ts';
import type { ObjectStore } from '../../../functions/ports/object-store.ts';
import type { Queue } from '../../../functions/ports/queue.ts';
import { inspectPackage } from '../../../functions/runtime/inspect-package.ts';
import { takeNotice } from '../../../functions/stages/answers/take-notice.ts';
import { type CheckServices, checkVersion } from '../../../functions/stages/predict/check-version.ts';
import { endpointRequests } from '../../../functions/stages/predict/endpoint-requests.ts';
import { type ModelContainer, modelContainer } from '../../support/model-container.ts';
import { modelCopy, zipOf } from '../../support/model-packages.ts';
import { type PlayedEndpoint, playedEndpoint } from '../../support/played-endpoint.ts';
import { type SentPackages, sentPackages } from '../../support/sent-packages.ts';

/** Of the first channel and the second. */
const difference = ([, height, width]: number[], data: ArrayLike<number>) => ({
  shape: [1, height!, width!],
  data: Float32Array.from({ length: height! * width! }, (_, i) => data[i]! - data[height! * width! + i]!),
});

const image = `123456789012.dkr.ecr.eu-central-1.amazonaws.com/lab/cells@sha256:${'ab'.repeat(32)}`;

describe('the check of a package whose container is kept by an endpoint', () => {
  let sent: SentPackages;
  let container: ModelContainer;
  let endpoint: PlayedEndpoint;
  let models: Models;
  let objects: ObjectStore;
  let queue: Queue;
  let services: CheckServices;

  beforeEach(async () => {
    sent = await sentPackages();
    ({ models, objects, queue } = sent);
    container = await modelContainer(difference);
    endpoint = playedEndpoint(objects, () => container.url, image);
    services = {
      ...sent.services,
      requests: (message) => endpointRequests(message, { objects, endpoint, clock: sent.clock }),
      packages: {
        ...sent.services.packages,
        inspect: (path, { requests }) => inspectPackage(path, { endpoint: { image, ask: requests!.ask } }),
      },
    };
    await send('a');
  });
  afterEach(async () => {
    await container[Symbol.asyncDispose]();
    await sent[Symbol.asyncDispose]();
  });

  /** A package of a container, and what it expects of its test. */
  async function send(id: string): Promise<void> {
    const zip = await zipOf(
      await modelCopy('fixed', sent.at(id), (yaml) =>
        yaml
          .replace(/^weights:\n( .*\n)+/m, 'weights: {}\n')
          .concat(`config: {labdeploy: {container: {image: '${image}'}}}\n`),
      ),
    );
    await sent.send(id, zip);
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
