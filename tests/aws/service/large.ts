import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { dynamoSpending } from '../../../functions/adapters/aws/dynamo-spending.ts';
import { monthOf } from '../../../functions/core/machine-sizes.ts';
import { archivePath } from '../../../functions/core/object-keys.ts';
import { cli, jsonLines } from '../../support/cli.ts';
import { roleOf } from '../../support/simulated-account/role-of.ts';
import { batchMachines } from '../../support/simulated-account/runner/machines.ts';
import type { Person, SimulatedService } from '../../support/simulated-account/service.ts';
import { treeOf } from '../../support/tree.ts';
import { buildZip } from '../../support/zip-builder.ts';
import { ended, resultsOf, send, submit, withoutManifest } from './folder-of-images.ts';
import type { Material } from './material.ts';

const MB = 1024 * 1024;
const samples = join(import.meta.dirname, '../../../samples/images');

/** What is too large for one request, or for one call of a function. */
export function large(service: () => SimulatedService, material: () => Material): void {
  describe('what is large', () => {
    let lena: Person;
    beforeAll(async () => {
      lena = await service().person('lena');
    }, 60_000);
    const at = (name: string) => join(material().folder, name);

    it('goes up in parts, and comes whole to its function', async () => {
      await mkdir(at('parts'));
      await writeFile(at('parts/no image.tif'), Buffer.alloc(101 * MB, 'x'));
      const { id } = await send(lena, at('parts'), 'parts');
      const again = await lena.call('signUploads', {
        params: { id },
        body: { files: [{ path: 'no image.tif', bytes: 101 * MB }] },
      });
      expect(again.files).toMatchObject([{ state: 'present' }]);
      await lena.call('submitJob', { params: { id } });
      expect(await ended(service(), lena, id)).toMatchObject({ state: 'failed', counts: { failed: 1 } });
      const [file] = (await lena.call('listFiles', { params: { id }, query: { state: 'failed' } })).items;
      expect(file).toMatchObject({ bytes: 101 * MB, failure: { code: 'imageNotTiff' } });
    }, 120_000);

    it.each([
      { source: 'files', path: 'half.tif', bucket: 'inputs' },
      { source: 'zip', path: archivePath, bucket: 'uploads' },
    ] as const)(
      'is given up without a rest, half sent as $source, when its job is deleted',
      async (half) => {
        const { clients, outputs } = service();
        const { source, path, bucket } = half;
        const bytes = 101 * MB;
        const wanted = source === 'zip' ? { name: 'half', source, archiveBytes: bytes } : { name: 'half', source };
        const job = await lena.call('createJob', { body: wanted, key: randomUUID() });
        const params = { id: job.id };
        const [answer] = (await lena.call('signUploads', { params, body: { files: [{ path, bytes }] } })).files;
        if (answer?.state !== 'multipart') throw new Error(`not in parts: ${JSON.stringify(answer)}`);
        const { uploadId } = answer;
        const [part] = (await lena.call('signParts', { params, body: { path, uploadId, parts: [1] } })).parts;
        const { url, method, headers } = part!.request;
        expect((await fetch(url, { method, headers, body: Buffer.alloc(part!.bytes) })).status).toBe(200);
        expect((await lena.call('listParts', { params, query: { path, uploadId } })).parts).toMatchObject([
          { part: 1 },
        ]);
        const unfinished = async () =>
          (await clients.s3.send(new ListMultipartUploadsCommand({ Bucket: outputs.buckets[bucket] }))).Uploads ?? [];
        expect(await unfinished()).toHaveLength(1);
        await lena.call('deleteJob', { params });
        expect(await unfinished()).toEqual([]);
      },
      60_000,
    );

    it('is copied inside of S3 from a zip that stores it', async () => {
      const data = Buffer.alloc(6 * MB, 'not an image');
      const { authoriser, outputs } = service();
      await writeFile(at('stored.zip'), buildZip({ entries: [{ name: 'stored.tif', data, method: 0 }] }));
      const from = authoriser.log.length;
      const { id } = await submit(lena, at('stored.zip'), 'stored');
      expect(await ended(service(), lena, id)).toMatchObject({ state: 'failed', counts: { failed: 1 } });
      expect((await lena.call('listFiles', { params: { id }, query: { state: 'failed' } })).items).toMatchObject([
        { path: 'stored.tif', bytes: 6 * MB },
      ]);
      const unzip = authoriser.log.slice(from).filter(({ who }) => who === roleOf(outputs.functions.unzip!));
      expect(unzip.filter(({ allowed }) => !allowed)).toEqual([]);
    }, 120_000);

    it('is taken on by the next call when the time of one is up', async () => {
      const { runner, outputs } = service();
      await mkdir(at('stack'));
      await copyFile(join(samples, 'z-stack.tif'), at('stack/z-stack.tif'));
      expect(await cli(['run', at('stack'), '-o', at('stack-run')])).toMatchObject({ code: 0 });
      const predict = outputs.functions.predict!;
      const shortCalls = [1];
      runner.remainingMs.set(predict, shortCalls);
      const { id } = await submit(lena, at('stack'), 'stack');
      expect(await ended(service(), lena, id)).toMatchObject({ state: 'completed' });
      expect(shortCalls).toEqual([]);
      expect(await resultsOf(lena, id, at('stack-results'))).toEqual(withoutManifest(await treeOf(at('stack-run'))));
    }, 180_000);

    it('is taken on by a machine at the third call', async () => {
      const { runner, moto, authoriser, clients, outputs } = service();
      const machines = batchMachines(moto.url, authoriser);
      const from = authoriser.log.length;
      const predict = outputs.functions.predict!;
      runner.remainingMs.set(predict, [1, 1, 1, 1]);
      const { id } = await submit(lena, at('stack'), 'stack');
      const [job, ...others] = await runner.until('a machine', async () => {
        const waiting = await machines.waiting();
        return waiting.length > 0 ? waiting : undefined;
      });
      runner.remainingMs.delete(predict);
      expect([job!.jobName, others]).toEqual(['large-4', []]);
      const [end] = await machines.run();
      machines.close();
      expect(end).toMatchObject({ code: 0, stderr: '' });
      const said = jsonLines(end!.stdout);
      expect(said.filter(({ event }) => event === 'worker.plane').map(({ done }) => done)).toEqual([2, 3, 4]);
      expect(said.filter(({ event }) => event !== 'worker.plane')).toMatchObject([
        { event: 'worker.image', job: id, path: 'z-stack.tif', outcome: 'done' },
        { event: 'worker.ended', images: 1, end: 'idle' },
      ]);
      expect(await ended(service(), lena, id)).toMatchObject({ state: 'completed' });
      expect(await resultsOf(lena, id, at('machine-results'))).toEqual(withoutManifest(await treeOf(at('stack-run'))));
      const own = authoriser.log.slice(from).filter(({ who }) => who.includes('-large'));
      expect(own.filter(({ allowed }) => !allowed)).toEqual([]);
      expect(new Set(own.map(({ action }) => action))).toContain('logs:PutLogEvents'); // of the role that starts it
      const spent = dynamoSpending({ client: clients.dynamodb, table: outputs.table });
      expect(await spent.spent(monthOf(Date.now()))).toBeGreaterThan(0);
    }, 180_000);
  });
}
