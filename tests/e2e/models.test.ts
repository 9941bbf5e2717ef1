import { createHash, randomUUID } from 'node:crypto';
import { cp, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serviceClient } from '../../cli/client/service-client.ts';
import { outgoing, putOutgoing } from '../../cli/client/upload.ts';
import type { VersionView } from '../../functions/contract/models.ts';
import { makeSamples } from '../../samples/make.ts';
import { cli, jsonLines } from '../support/cli.ts';
import { fakePodman } from '../support/fake-podman.ts';
import { type RunningService, startService } from '../support/local-service.ts';
import { modelCopy } from '../support/model-packages.ts';
import { plainEntries, rawTiff } from '../support/raw-tiff.ts';
import { serviceToken } from '../support/service-token.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

const { signal } = new AbortController();

describe('models that are added to a service of this machine', () => {
  let folder: TemporaryFolder;
  let service: RunningService;
  let token: string;
  const at = (...names: string[]) => join(folder.path, ...names);

  const start = async (args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) => {
    service = await startService(['--data', at('data'), ...args], env);
    token = await serviceToken(service.origin, service.url);
  };
  beforeAll(async () => {
    folder = await temporaryFolder();
    await makeSamples(at('samples'));
    await start();
  }, 120_000);
  afterAll(async () => {
    await service.stop();
    await folder[Symbol.asyncDispose]();
  });

  const run = async (...args: string[]) => {
    const options = { env: { LABDEPLOY_TOKEN: token } };
    const { code, stdout, stderr } = await cli([...args, '--url', service.origin, '--json', '--yes'], options);
    const lines = jsonLines(stdout + stderr);
    return { code, of: (event: string) => lines.find((line) => line.event === event) };
  };
  const versionOf = async (...args: string[]) => {
    const { code, of } = await run('model', ...args);
    return { code, version: of('model.version')?.version as VersionView | undefined };
  };
  /** The shipped model with another threshold: the same weights, larger or smaller objects. */
  const variant = (name: string, threshold: number) =>
    modelCopy('shipped', at(name), (yaml) => yaml.replace('threshold: 0.5', `threshold: ${threshold}`));
  const client = () => serviceClient(service.origin, async () => token, signal);
  /** The model of a job that has ended, and the mean area of its objects, px. */
  const predicted = async (id: string, out: string) => {
    const { settings } = await client().call('showJob', { params: { id } });
    const [head = '', row = ''] = (await readFile(at(out, 'summary.csv'), 'utf8')).split('\r\n');
    const area = Number(row.split(',')[head.split(',').indexOf('mean_area_px')]);
    return { revision: settings.model.revision, area };
  };
  const input = () => at('samples/images/sparse.tif');
  /** Sends one image. */
  const submitted = async (out: string) => {
    const { code, of } = await run('submit', input(), '-o', at(out));
    expect(code).toBe(0);
    return predicted(of('submit.done')!.job as string, out);
  };
  /** Sends the image of a job that was made before. */
  const submittedTo = async (id: string, out: string) => {
    const { size: bytes } = await stat(input());
    const params = { id };
    const body = { files: [{ path: 'sparse.tif', bytes }] };
    const [answer] = (await client().call('signUploads', { params, body })).files;
    if (answer?.state !== 'put') throw new Error(`not to be sent at once: ${JSON.stringify(answer)}`);
    const sent = outgoing({ file: input(), path: 'sparse.tif', bytes });
    await putOutgoing(answer.request, sent, { origin: service.origin, signal });
    await client().call('submitJob', { params });
    await until(`the end of ${id}`, async () => {
      const { state } = await client().call('showJob', { params });
      return state === 'completed' ? state : undefined;
    });
    expect((await run('jobs', 'download', id, '-o', at(out))).code).toBe(0);
    return predicted(id, out);
  };

  it('are checked, offered, used, and retired; a job keeps the one that was offered when it was made', async () => {
    const shipped = await submitted('shipped');
    const { code, version } = await versionOf('add', await variant('strict', 0.95), '--offer', '--score', 'f1@0.5=0.8');
    expect(code).toBe(0);
    expect(version).toMatchObject({ state: 'ready', offered: true, revision: 1, scores: { 'f1@0.5': 0.8 } });
    const strict = await submitted('strict-results');
    expect([shipped.revision, strict.revision]).toEqual([undefined, 1]);
    expect(strict.area).toBeLessThan(shipped.area);
    expect(await versionOf('add', at('strict'))).toMatchObject({ code: 0, version: { id: version!.id } });
    const body = { name: 'made while revision 1 is offered', source: 'files' } as const;
    const { id: early } = await client().call('createJob', { body, key: randomUUID() });

    const second = await versionOf('add', await variant('lax', 0.4), '--parent', 'Nuclei@1');
    expect(second.version).toMatchObject({ revision: 2, offered: false, parent: version!.id });
    expect((await versionOf('offer', 'nuclei@2')).version).toMatchObject({ offered: true });
    expect((await run('model', 'offer', 'Nuclei@1')).code).toBe(3);

    await service.stop();
    await start();
    expect((await submitted('lax-results')).revision).toBe(2);
    expect((await versionOf('retire', 'Nuclei@1')).version).toMatchObject({ state: 'retired' });
    expect(await submittedTo(early, 'early-results')).toEqual(strict);
    expect((await versionOf('retire', 'Nuclei@2')).version).toMatchObject({ state: 'retired' });
    expect(await submitted('shipped-again')).toEqual(shipped);
  }, 300_000);

  it('are checked anew after a check that was killed with the service', async () => {
    const before = (await run('model', 'status')).of('model.versions') as unknown as { versions: VersionView[] };
    const { code } = await run('model', 'add', await variant('killed', 0.45), '--no-wait');
    expect(code).toBe(0);
    service.child.kill('SIGKILL');
    await service.finished;
    await start();
    const version = await until('the end of the check', async () => {
      const { versions } = (await run('model', 'status')).of('model.versions') as unknown as {
        versions: VersionView[];
      };
      expect(versions).toHaveLength(before.versions.length + 1);
      return versions[0]!.state === 'ready' ? versions[0] : undefined;
    });
    expect(version).toMatchObject({ name: 'Nuclei', offered: false });
  }, 180_000);

  it('are run as the image that they name, where the service may run containers', async () => {
    const template = join(import.meta.dirname, '../../templates/scikit-image');
    const image = `lab/otsu@sha256:${'ab'.repeat(32)}`;
    const bin = await fakePodman(at('bin'), join(template, 'test_output.npy'));
    await cp(template, at('otsu'), { recursive: true });
    const description = await readFile(at('otsu/bioimageio.yaml'), 'utf8');
    await writeFile(at('otsu/bioimageio.yaml'), description.replace(/command: .*/, `image: ${image}`));
    const without = await run('model', 'add', at('otsu'));
    expect(without.of('error')).toMatchObject({ why: expect.stringContaining('this service runs no containers') });

    await service.stop();
    await start(['--containers'], { PATH: `${bin}:${process.env.PATH}` });
    const { versions } = (await run('model', 'status')).of('model.versions') as unknown as { versions: VersionView[] };
    const checked = await run('model', 'check', versions[0]!.id);
    expect([checked.code, checked.of('error')]).toEqual([0, undefined]);
    const { version } = await versionOf('offer', versions[0]!.id);
    expect(version).toMatchObject({ kind: 'container', container: image, offered: true, maps: [{ maxDifference: 0 }] });
    const [width, height] = [64, 48];
    const samples = new Uint8Array(width * height).map((_, i) => i % 251);
    await writeFile(
      at('plane.tif'),
      rawTiff(samples, 1, () => plainEntries(width, height)),
    );
    const sent = await run('submit', at('plane.tif'), '-m', 'My model', '-o', at('otsu-results'));
    expect(sent.code).toBe(0);
    const [head = '', row = ''] = (await readFile(at('otsu-results/summary.csv'), 'utf8')).split('\r\n');
    expect(row.split(',')[head.split(',').indexOf('objects')]).toBe('3');
    expect(await readFile(join(bin, 'asked'), 'utf8')).toContain(`run ${image}\n`);
  }, 180_000);

  it('are refused with the reason when they give something else, and are not offered', async () => {
    const bytes = await readFile(join(await variant('right', 0.3), 'test_output.npy'));
    const digest = (data: Buffer) => createHash('sha256').update(data).digest('hex');
    const before = digest(bytes);
    bytes.writeFloatLE(9, bytes.length - 4);
    const wrong = await modelCopy('shipped', at('wrong'), (yaml) => yaml.replace(before, digest(bytes)));
    await writeFile(join(wrong, 'test_output.npy'), bytes);
    const { code, of } = await run('model', 'add', wrong, '--offer');
    expect(code).toBe(3);
    expect(of('error')).toMatchObject({
      code: 'modelRefused',
      why: expect.stringContaining('the model does not give what its package says it gives: the map distance differs'),
    });
    const { versions } = (await run('model', 'status')).of('model.versions') as unknown as { versions: VersionView[] };
    expect(versions[0]!.offered).toBe(false);
    expect(versions[0]).toMatchObject({ state: 'refused', failure: { code: 'modelDiffers' } });
  }, 120_000);
});
