import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { importLabels } from '../../../cli/client/import-labels.ts';
import type { DataSetView } from '../../../functions/contract/data-sets.ts';
import { dataSetPrefix } from '../../../functions/core/object-keys.ts';
import { adminGroup } from '../../../functions/identity/groups.ts';
import { jsonLines } from '../../support/cli.ts';
import { nextId } from '../../support/edit-maker.ts';
import { writeLabelled } from '../../support/labelled-folder.ts';
import { batchMachines } from '../../support/simulated-account/runner/machines.ts';
import type { Person, SimulatedService } from '../../support/simulated-account/service.ts';
import { unzipped } from '../../support/unzipped.ts';
import { ended, submit } from './folder-of-images.ts';
import type { Material } from './material.ts';

/** Machines, and people who teach on them. */
export const teachingConfig = { large: 'cpu', largeImage: 'registry.lab.example/labdeploy:1', teach: 'pixels' };

const { signal } = new AbortController();
/** Discs, dark on bright: the shipped model finds none of them. */
const images = { a: 15, b: 15 };
const region = { left: 0, top: 0, width: 128, height: 128 };
const plane = { position: 0, time: 0, depth: 0 };

/** A model that people teach with what they corrected. */
export function teaching(service: () => SimulatedService, material: () => Material): void {
  describe('a model that people teach', () => {
    let tess: Person;
    let admin: Person;
    let job: string;
    let params: { dataSet: string };
    const show = (): Promise<DataSetView> => tess.call('showDataSet', { params });
    const at = (name: string) => join(material().folder, 'teaching', name);

    beforeAll(async () => {
      tess = await service().person('tess');
      admin = await service().person('teaching-admin', adminGroup);
      await writeLabelled(at(''), images, { dark: true });
      ({ id: job } = await submit(tess, at('images'), 'dark discs'));
      expect(await ended(service(), tess, job)).toMatchObject({ state: 'completed' });
      params = { dataSet: (await tess.call('createDataSet', { body: { name: 'dark discs' } })).id };
    }, 240_000);

    const accept = async (path: string): Promise<void> => {
      const { revision: after } = await tess.call('listEdits', { params: { id: job }, query: { path } });
      const operation = { id: nextId(), plane, tool: 'accept', do: 'accept', region, accepted: true } as const;
      await tess.call('addEdits', { params: { id: job }, body: { path, after, operations: [operation] } });
    };
    const add = async (path: string): Promise<DataSetView> => {
      await tess.call('addToDataSet', { params, body: { job, path } });
      return service().runner.until(`${path} in the data set`, async () => {
        const found = await show();
        return found.adding.some(({ failure }) => failure === undefined) ? undefined : found;
      });
    };

    it('begins with images whose regions are accepted, which a function copies into a data set', async () => {
      const early = tess.call('addToDataSet', { params, body: { job, path: 'a.tif' } });
      await expect(early).rejects.toMatchObject({ problem: { code: 'nothingAccepted' } });
      for (const name of Object.keys(images)) {
        const path = `${name}.tif`;
        await importLabels({ job, image: path, file: at(`labels/${path}`) }, tess, signal);
        await accept(path);
        await add(path);
      }
      expect(await add('b.tif')).toMatchObject({ objects: 30, adding: [], missing: { objects: 0, images: 0 } }); // again: no second one
      const others = await admin.call('listDataSets');
      expect(others.items).toEqual([]);
    }, 240_000);

    it('leaves as a zip, which a function makes', async () => {
      const signed = () => tess.call('exportDataSet', { params }).catch(({ problem }) => problem.code as string);
      const zipped = async (): Promise<[url: string, zip: Buffer]> => {
        expect(await signed()).toBe('zipBeingMade');
        const { request } = await service().runner.until('the zip', async () => {
          const answer = await signed();
          return typeof answer === 'string' ? undefined : answer;
        });
        return [request.url, Buffer.from(await (await fetch(request.url)).arrayBuffer())];
      };
      const [url, zip] = await zipped();
      const files = await unzipped(zip);
      expect([...files.keys()].filter((name) => name.startsWith('labels/'))).toHaveLength(2);
      await accept('b.tif');
      await add('b.tif'); // another revision takes the place of the first: so does another zip
      await zipped();
      expect((await fetch(url)).ok).toBe(false); // the first is gone
    }, 120_000);

    it('is trained by a machine, goes to the registry where it is better, and new jobs use it', async () => {
      const { runner, moto, authoriser } = service();
      const machines = batchMachines(moto.url, authoriser);
      const from = authoriser.log.length;
      await tess.call('startTraining', { params, body: { kind: 'pixels' } });
      await runner.until('a machine', async () => ((await machines.waiting()).length > 0 ? true : undefined));
      expect((await show()).training).toMatchObject({ state: 'queued' });
      const [end] = await machines.run();
      machines.close();
      expect(end).toMatchObject({ code: 0, stderr: '' });
      expect(jsonLines(end!.stdout)).toMatchObject([
        { event: 'worker.training', dataSet: params.dataSet, outcome: 'better' },
        { event: 'worker.ended', images: 0, trainings: 1, end: 'idle' },
      ]);
      const { training, version } = await show();
      expect(training).toMatchObject({ state: 'better', scores: { before: 0, after: 1 }, usd: expect.any(Number) });
      const own = authoriser.log.slice(from).filter(({ who }) => who.includes('-large'));
      expect(own.filter(({ allowed }) => !allowed)).toEqual([]);
      const report = await tess.call('signReport', { params });
      expect(await (await fetch(report.request.url)).text()).toContain('dark discs');

      await runner.until('its check', async () =>
        (await admin.call('showVersion', { params: { version: version! } })).state === 'ready' ? true : undefined,
      );
      await admin.call('offerVersion', { params: { version: version! } });
      const body = { name: 'again', source: 'job', from: job, model: 'dark discs' } as const;
      const { id } = await tess.call('createJob', { body, key: randomUUID() });
      expect(await ended(service(), tess, id)).toMatchObject({ state: 'completed' });
    }, 400_000);

    it('is stopped while it waits: its machine finds nothing to do', async () => {
      const { runner, moto, authoriser } = service();
      const machines = batchMachines(moto.url, authoriser);
      await tess.call('startTraining', { params, body: { kind: 'pixels' } });
      await runner.until('a machine', async () => ((await machines.waiting()).length > 0 ? true : undefined));
      await tess.call('stopTraining', { params });
      const [end] = await machines.run();
      machines.close();
      expect(jsonLines(end!.stdout)).toMatchObject([{ event: 'worker.training', outcome: 'not wanted' }, {}]);
      expect((await show()).training).toMatchObject({ state: 'stopped' });
    }, 240_000);

    it('goes with its data set, but for the model in the registry', async () => {
      const { clients, outputs } = service();
      const { sub } = await tess.call('showMe');
      await tess.call('deleteDataSet', { params });
      const { Contents = [] } = await clients.s3.send(
        new ListObjectsV2Command({
          Bucket: outputs.buckets.datasets,
          Prefix: dataSetPrefix({ owner: sub, id: params.dataSet }),
        }),
      );
      expect(Contents).toEqual([]);
      await expect(show()).rejects.toMatchObject({ problem: { code: 'dataSetMissing' } });
    }, 60_000);
  });
}
