import { hash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { inputRef, jobPrefix, packageRef } from '../../functions/core/object-keys.ts';
import { offerModels } from '../../functions/runtime/offered-models.ts';
import { packageCache } from '../../functions/runtime/package-cache.ts';
import { restrict } from '../../functions/runtime/restrict.ts';
import { answers } from '../../functions/stages/answers/descriptor.ts';
import { takeNotice } from '../../functions/stages/answers/take-notice.ts';
import { predict } from '../../functions/stages/predict/descriptor.ts';
import { endpointRequests } from '../../functions/stages/predict/endpoint-requests.ts';
import { predictFile } from '../../functions/stages/predict/predict.ts';
import { bytesOf } from '../support/bytes.ts';
import { cli } from '../support/cli.ts';
import { machineIn, trialAccount } from '../support/machine-kills.ts';
import { modelContainer } from '../support/model-container.ts';
import { zipOf } from '../support/model-packages.ts';
import { randomNumbers } from '../support/models.ts';
import { writeMultiplyPackage } from '../support/onnx-model.ts';
import { playedEndpoint } from '../support/played-endpoint.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';
import { stageWorld } from '../support/stage-world.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { buildTiff } from '../support/tiff-builder.ts';
import { buildahIn, copyNode, itWithBuildah } from '../support/with-buildah.ts';

/* One model on one image, by each way that a model can run. The rows share the image and what is expected, so that none can drift. */

const minute = 60_000;
const factor = Math.fround(1 / 255);
/** Several tiles, so that a way that loses or mixes one is seen. */
const tiles = 'tile: 32, halo: 4, instances: {threshold: 0.3}';
const kinds = ['labels.tif', 'measurements.csv', 'prob.tif'] as const;
type Sha256s = Record<string, string>;

/** The same arithmetic as the ONNX model's: one multiplication of float32. */
const times = (data: ArrayLike<number>): Float32Array<ArrayBuffer> =>
  Float32Array.from(data, (value) => Math.fround(value * factor));
const server = `
const { createServer } = require('node:http');
createServer(async (req, res) => {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  const file = Uint8Array.from(Buffer.concat(chunks));
  if (req.url !== '/ping') {
    const data = new Float32Array(file.buffer, 10 + new DataView(file.buffer).getUint16(8, true));
    for (let i = 0; i < data.length; i++) data[i] = Math.fround(data[i] * ${factor});
  }
  res.end(file);
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

/** Noisy discs. */
function imageBytes(): Uint8Array {
  const random = randomNumbers(3);
  const side = 70;
  const data = Uint8Array.from({ length: side * side }, (_, i) => {
    const [y, x] = [(Math.floor(i / side) % 24) - 12, ((i % side) % 24) - 12];
    return (y * y + x * x < 60 ? 180 : 10) + 20 * random();
  });
  return buildTiff({ pages: [{ height: side, width: side, data }] });
}

let folder: TemporaryFolder;
let expected: Sha256s;
const image = imageBytes();
const at = (...names: string[]) => join(folder.path, ...names);

/** A package of the model, by its weights or without. */
async function packaged(name: string, container?: string): Promise<string> {
  const settings = `{${tiles}${container === undefined ? '' : `, container: ${container}`}}`;
  await writeMultiplyPackage(at(name), container === undefined ? { factor } : undefined, { settings });
  if (container !== undefined) await writeFile(at(name, 'serve.cjs'), server);
  return at(name);
}
const commandPackage = () => packaged('command', JSON.stringify({ command: [process.execPath, 'serve.cjs'] }));

/** Of `labdeploy run`. */
async function byRun(model: string, env: Record<string, string> = {}): Promise<Sha256s> {
  const out = `${model}-out`;
  const run = await cli(['run', at('image.tif'), '--prob', '--model', model, '-o', out], { env });
  expect([run.code, run.stderr]).toEqual([0, expect.anything()]);
  const files = kinds.map(async (kind) => [kind, hash('sha256', await readFile(join(out, `image_${kind}`)))] as const);
  return Object.fromEntries(await Promise.all(files));
}

beforeAll(async () => {
  folder = await temporaryFolder();
  await writeFile(at('image.tif'), image);
  expected = await byRun(await packaged('onnx'));
}, minute);
afterAll(() => folder[Symbol.asyncDispose]());

describe('a model gives the bytes that its weights give in this process', () => {
  it('and these have objects', async () => {
    expect(new Set(Object.values(expected)).size).toBe(kinds.length);
    const rows = (await readFile(at('onnx-out/image_measurements.csv'), 'utf8')).trim().split('\n');
    expect(rows.length - 1).toBe(9);
  });

  it(
    'by a process that answers HTTP',
    async () => expect(await byRun(await commandPackage())).toEqual(expected),
    minute,
  );

  itWithBuildah(
    'by a container that was built of its Dockerfile',
    async () => {
      const env = await buildahIn(folder.path);
      const model = await packaged('built', '{build: Dockerfile}');
      await mkdir(join(model, 'root'));
      await copyNode(join(model, 'root'));
      const dockerfile = 'FROM scratch\nCOPY root/ /\nCOPY serve.cjs /serve.cjs\nCMD ["/bin/node", "/serve.cjs"]\n';
      await writeFile(join(model, 'Dockerfile'), dockerfile);
      const { code, stderr } = await cli(['model', 'build', model], { env });
      expect([code, stderr]).toEqual([0, expect.anything()]);
      expect(await byRun(model, env)).toEqual(expected);
    },
    5 * minute,
  );

  it('by an endpoint of SageMaker, played', async () => {
    const name = `123456789012.dkr.ecr.eu-central-1.amazonaws.com/lab/cells@sha256:${'ab'.repeat(32)}`;
    const zip = await zipOf(await packaged('endpoint', `{image: '${name}'}`));
    const sha256 = hash('sha256', zip);
    const model = { name: 'Multiply', sha256: 'b'.repeat(64), package: sha256 };
    const world = await stageWorld({ model, probabilities: true });
    await world.objects.put(packageRef(sha256), zip);
    await world.jobs.expect(world.job, [{ path: 'image.tif', bytes: image.length }]);
    await world.objects.put(inputRef(world.job, 'image.tif'), image);
    await using container = await modelContainer((shape, data) => ({ shape, data: times(data) }));
    const registered = packageCache({ folder: at('cache'), mostBytes: 1e9 });
    await using models = await offerModels([at('onnx')], { workers: 1, registered, endpoint: name });
    const endpoint = playedEndpoint(world.objects, () => container.url, name);
    const ports = restrict(predict, world);
    let attempt = 0;
    const deliver = () =>
      predictFile(
        { ...world.job, path: 'image.tif' },
        {
          ...ports,
          ...{ planesAhead: 2, admit: async () => () => {} },
          model: (settings, requests) => models.load(settings, ports.objects, requests),
          requests: (message) => endpointRequests(message, { objects: ports.objects, endpoint, clock: world.clock }),
          deadline: { near: () => false, attempt: `attempt-${++attempt}` },
        },
      );
    expect(await deliver()).toBe('awaits');
    while (endpoint.waiting.length > 0) await takeNotice(await endpoint.work(), restrict(answers, world));
    expect(await deliver()).toMatchObject({ reused: false });
    const results = await world.objectsIn('results');
    expect(Object.fromEntries(kinds.map((kind) => [kind, hash('sha256', results[`image.tif/${kind}`]!)]))).toEqual(
      expected,
    );
  });
});

await describeWithMoto('a model gives the same bytes by a machine of AWS Batch', (moto) => {
  it(
    'whose worker runs the program of its package',
    async () => {
      const account = await trialAccount(moto());
      const model = await commandPackage();
      await using offered = await offerModels([model], { workers: 1 });
      const { name, sha256 } = offered.views[0]!;
      const { jobs, objects, queue } = account;
      const job = { owner: 'olga', id: 'batch' };
      await jobs.create({ ...job, name: 'batch', settings: { model: { name, sha256 }, probabilities: true } });
      await jobs.expect(job, [{ path: 'image.tif', bytes: image.length }]);
      await objects.put(inputRef(job, 'image.tif'), image);
      await queue.send('large', [{ ...job, path: 'image.tif' }]);
      expect(await machineIn(account, { most: 1, model })().finished).toMatchObject({ code: 0, stderr: '' });
      const sha256Of = async (kind: string) => {
        const bytes = await bytesOf(
          await objects.get({ bucket: 'results', key: `${jobPrefix(job)}image.tif/${kind}` }),
        );
        return [kind, hash('sha256', bytes)] as const;
      };
      expect(Object.fromEntries(await Promise.all(kinds.map(sha256Of)))).toEqual(expected);
      account.close();
    },
    2 * minute,
  );
});
