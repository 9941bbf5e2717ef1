import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { JobSettings } from '../../../functions/core/job.ts';
import type { AnswerMessage, PredictMessage } from '../../../functions/core/messages.ts';
import { inputRef, jobPrefix, packageRef } from '../../../functions/core/object-keys.ts';
import { type OfferedModels, offerModels } from '../../../functions/runtime/offered-models.ts';
import { packageCache } from '../../../functions/runtime/package-cache.ts';
import { restrict } from '../../../functions/runtime/restrict.ts';
import { answers } from '../../../functions/stages/answers/descriptor.ts';
import { takeNotice } from '../../../functions/stages/answers/take-notice.ts';
import { predict } from '../../../functions/stages/predict/descriptor.ts';
import { endpointRequests } from '../../../functions/stages/predict/endpoint-requests.ts';
import { predictFile } from '../../../functions/stages/predict/predict.ts';
import type { PredictServices } from '../../../functions/stages/predict/services.ts';
import { bytesOf } from '../../support/bytes.ts';
import { type ModelContainer, modelContainer } from '../../support/model-container.ts';
import { zipOf } from '../../support/model-packages.ts';
import { randomNumbers } from '../../support/models.ts';
import { writeMultiplyPackage } from '../../support/onnx-model.ts';
import { type PlayedEndpoint, playedEndpoint } from '../../support/played-endpoint.ts';
import { type StageWorld, stageWorld } from '../../support/stage-world.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { buildTiff } from '../../support/tiff-builder.ts';

const image = `123456789012.dkr.ecr.eu-central-1.amazonaws.com/lab/cells@sha256:${'ab'.repeat(32)}`;
const factor = 1 / 255;
/** Of 32 x 32 pixels with a halo of 4, over 40 x 40. */
const tilesAPlane = 4;
const path = 'Zellen/größe µ #1.tif';

let folder: TemporaryFolder;
let zip: Buffer;
let container: ModelContainer;
let models: OfferedModels;
let world: StageWorld;
let endpoint: PlayedEndpoint;
let rounds: number;
const at = (...names: string[]) => join(folder.path, ...names);

beforeAll(async () => {
  folder = await temporaryFolder();
  container = await modelContainer((shape, data) => ({
    shape,
    data: Float32Array.from(data, (value) => Math.fround(value * Math.fround(factor))),
  }));
  const settings = `{tile: 32, halo: 4, container: {image: '${image}'}}`;
  zip = await zipOf(await writeMultiplyPackage(at('model'), undefined, { settings }));
  await writeMultiplyPackage(at('onnx'), { factor }, { settings: '{tile: 32, halo: 4}' });
  const registered = packageCache({ folder: at('cache'), mostBytes: 1e9 });
  models = await offerModels([at('onnx')], { workers: 1, registered, endpoint: image });
});
afterAll(async () => {
  await models[Symbol.asyncDispose]();
  await container[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});
beforeEach(async () => {
  const sha256 = createHash('sha256').update(zip).digest('hex');
  world = await stageWorld({ model: { name: 'Multiply', sha256: 'b'.repeat(64), package: sha256 } });
  await world.objects.put(packageRef(sha256), zip);
  endpoint = playedEndpoint(world.objects, () => container.url, image);
  container.instead.length = 0;
  rounds = 0;
});

/** As the function has them: with no more than its descriptor allows. */
const services = (more: Partial<PredictServices> = {}): PredictServices => {
  const { jobs, queue, objects } = restrict(predict, world);
  return {
    ...{ jobs, queue, objects, planesAhead: 2, admit: async () => () => {} },
    model: (settings: JobSettings, requests) => models.load(settings, objects, requests),
    requests: (message) => endpointRequests(message, { objects, endpoint, clock: world.clock }),
    deadline: { near: () => false, attempt: `attempt-${++rounds}` },
    ...more,
  };
};

const random = randomNumbers(3);
/** A stack of noisy discs, sent as an image of the job. */
async function send(planes: number, side = 40): Promise<PredictMessage> {
  const pages = Array.from({ length: planes }, (_, z) => ({
    height: side,
    width: side,
    data: Uint8Array.from({ length: side * side }, (_, i) => {
      const [y, x] = [Math.floor(i / side) - 12 - z, (i % side) - 18];
      return (y * y + x * x < 60 ? 180 : 10) + 20 * random();
    }),
  }));
  await put(buildTiff({ pages }));
  return { ...world.job, path };
}

async function put(bytes: Uint8Array): Promise<void> {
  await world.jobs.expect(world.job, [{ path, bytes: bytes.length }]);
  await world.objects.put(inputRef(world.job, path), bytes);
}

const take = (notice: AnswerMessage) => takeNotice(notice, restrict(answers, world));
const sentFiles = async () => {
  const received = await world.queue.receive('files', { max: 10, visibilitySeconds: 60 });
  await world.queue.acknowledge(
    'files',
    received.map(({ receipt }) => receipt),
  );
  return received.map(({ body }) => body);
};
const kept = async () => (await world.objects.list('results', '')).objects.map(({ key }) => key);

/** All that the endpoint and the stages do until nothing is on its way. Returns what became of the image each time. */
async function settle(): Promise<unknown[]> {
  const outcomes: unknown[] = [];
  while (endpoint.waiting.length > 0) {
    await take(await endpoint.work());
    for (const message of await sentFiles()) outcomes.push(await predictFile(message, services()));
  }
  return outcomes;
}

describe('an image whose model is kept by an endpoint', () => {
  it('has the bytes that the same model gives in this process, by deliveries that end while it is asked', async () => {
    const message = await send(6);
    expect(await predictFile(message, services())).toBe('awaits');
    expect(endpoint.waiting.length).toBe(6 * tilesAPlane);
    const outcomes = await settle();
    expect(outcomes.pop()).toMatchObject({ reused: false });
    expect(new Set(outcomes)).toEqual(new Set(['awaits']));
    expect(outcomes.length).toBeLessThan(6 * tilesAPlane); // only those that an image waits for send it on
    expect(await world.outcomes()).toEqual([`${path}: done`]);
    const theirs = await world.objectsIn('results');
    expect(Object.keys(theirs).filter((name) => !name.startsWith(path))).toEqual([]);

    const bytes = await bytesOf(await world.objects.get(inputRef(world.job, path)));
    await using here = await offerModels([at('onnx')], { workers: 1 });
    const { name, sha256 } = here.views[0]!;
    world = await stageWorld({ model: { name, sha256 } });
    await put(bytes);
    await predictFile(message, services({ model: (settings) => here.load(settings, world.objects) }));
    const ours = await world.objectsIn('results');
    for (const kind of ['labels.tif', 'preview.png', 'measurements.csv'])
      expect(theirs[`${path}/${kind}`]!.equals(ours[`${path}/${kind}`]!)).toBe(true);
  });

  it('is asked with what is known of the plane', async () => {
    await predictFile(await send(1), services());
    expect(JSON.parse(endpoint.waiting[0]!.attributes!)).toEqual({ channels: [null] });
  });

  it('fails with the words of a container that refuses it, and leaves nothing else', async () => {
    const message = await send(1, 20);
    await predictFile(message, services());
    container.instead.push({ status: 422, text: '{"code": "blurred", "message": "out of focus"}' });
    await settle();
    expect(await world.outcomes()).toEqual([
      `${path}: modelFailed: the model failed on this image: the container refuses it (422): out of focus`,
    ]);
    expect(await kept()).toEqual([]);
  });

  it('is asked again where the container failed by no fault of the image, five times in all', async () => {
    const message = await send(1, 20);
    await predictFile(message, services());
    for (let i = 0; i < 4; i++) container.instead.push({ status: 503, text: 'busy' });
    expect(await settle()).toEqual([...new Array(4).fill('awaits'), expect.objectContaining({ reused: false })]);
  });

  it('that fails five times is given back to its queue, with the words of the last', async () => {
    const message = await send(1, 20);
    await predictFile(message, services());
    for (let i = 0; i < 5; i++) container.instead.push({ status: 500, text: `trouble ${i + 1}` });
    await expect(settle()).rejects.toThrow('the endpoint failed 5 times, at last with: trouble 5');
    expect(await world.outcomes()).toEqual([`${path}: pending`]);
  });

  it('goes on with an answer of which nobody told, when it is sent again', async () => {
    const message = await send(1, 20);
    await predictFile(message, services());
    expect(await predictFile(message, services())).toBe('awaits');
    expect(endpoint.waiting.length).toBe(1); // it is not asked twice
    await endpoint.work();
    expect(await predictFile(message, services())).toMatchObject({ reused: false });
    expect((await kept()).filter((key) => !key.startsWith(`${jobPrefix(world.job)}${path}`))).toEqual([]);
  });

  it('goes on with a refusal of which nobody told', async () => {
    const message = await send(1, 20);
    await predictFile(message, services());
    container.instead.push({ status: 422, text: 'Received client error (422) from primary with message "no cells"' });
    await endpoint.work();
    expect(await predictFile(message, services())).toMatchObject({
      failed: { message: 'the model failed on this image: the container refuses it (422): no cells' },
    });
  });

  it('is asked again once no answer can come any more', async () => {
    const message = await send(1, 20);
    await predictFile(message, services());
    endpoint.waiting.pop();
    world.clock.advance(endpoint.patienceSeconds);
    expect(await predictFile(message, services())).toBe('awaits');
    expect(endpoint.waiting.length).toBe(0);
    world.clock.advance(1);
    await predictFile(message, services());
    expect(endpoint.waiting.map(({ id }) => id.replace(/^.*\./, ''))).toEqual(['2']);
    expect((await settle()).at(-1)).toMatchObject({ reused: false });
  });

  it('goes on though the answer came before it was known to be awaited', async () => {
    const message = await send(1, 20);
    const { invoke } = endpoint;
    const taken: string[] = [];
    endpoint.invoke = async (request) => {
      const where = await invoke(request);
      taken.push(await take(await endpoint.work()));
      return where;
    };
    expect(await predictFile(message, services())).toBe('awaits');
    expect(taken).toEqual(['kept']);
    expect(await sentFiles()).toEqual([message]);
    expect(await predictFile(message, services())).toMatchObject({ reused: false });
  });

  it('that has ended meanwhile gets no answer, and none stays', async () => {
    const message = await send(1, 20);
    await predictFile(message, services());
    const inputKey = endpoint.waiting[0]!.input.key;
    await world.jobs.cancel(world.job);
    expect(await predictFile(message, services())).toBe('not pending');
    await world.objects.put(endpoint.waiting[0]!.input, new Uint8Array(0)); // it was read before
    container.instead.push({ status: 200, text: 'an answer' });
    const notice = await endpoint.work();
    await world.objects.remove({ bucket: 'results', key: inputKey });
    expect(await take(notice)).toBe('not wanted');
    expect(await kept()).toEqual([]);
  });

  it('is sent on once, whoever is told of an answer twice', async () => {
    const message = await send(2, 20);
    await predictFile(message, services());
    const [first, second] = [await endpoint.work(), await endpoint.work()];
    expect([await take(second), await take(first), await take(first)]).toEqual(['kept', 'goes on', 'goes on']);
    expect(await sentFiles()).toEqual([message, message]);
    expect(await predictFile(message, services())).toMatchObject({ reused: false });
    expect(await take(first)).toBe('not wanted');
    expect(await predictFile(message, services())).toBe('not pending');
  });

  it('is refused where the endpoint runs another image by now', async () => {
    const message = await send(1, 20);
    const registered = packageCache({ folder: at('cache'), mostBytes: 1e9 });
    const other = image.replaceAll('ab', 'cd');
    await using moved = await offerModels([at('onnx')], { workers: 1, registered, endpoint: other });
    await predictFile(message, services({ model: (settings) => moved.load(settings, world.objects) }));
    expect(await world.outcomes()).toEqual([expect.stringContaining(`the endpoint of this service runs ${other}`)]);
  });
});
