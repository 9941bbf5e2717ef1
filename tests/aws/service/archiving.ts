import { createHash, createHmac } from 'node:crypto';
import { join } from 'node:path';
import { HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { downloadRef, jobPrefix } from '../../../functions/core/object-keys.ts';
import { billingParameter } from '../../../policies/state-names.ts';
import { cli, jsonLines } from '../../support/cli.ts';
import { clientSettings } from '../../support/simulated-account/clients.ts';
import type { Person, SimulatedService } from '../../support/simulated-account/service.ts';
import { treeOf } from '../../support/tree.ts';
import { ended, submit, withoutManifest } from './folder-of-images.ts';
import type { Material } from './material.ts';
import { publishedNotice } from './notices.ts';

const second = 1000;
const day = 86_400 * second;
const long = 300_000;
/** Seconds that a step may take on a machine that is busy. */
const patience = 180;

export const archivingConfig = { archiving: 'true', billing: 'true' };

const billingSecret = 'shared with the payment service';

/** The lab keeps the secret of its payment service in SSM. */
export async function prepareBilling({ moto }: Pick<SimulatedService, 'moto'>): Promise<void> {
  const ssm = new SSMClient(clientSettings(moto.url));
  const Name = billingParameter('test');
  await ssm.send(new PutParameterCommand({ Name, Type: 'SecureString', Value: billingSecret }));
  ssm.destroy();
}

/** Results of a person whose plan archives, to the archive and back. */
export function archiving(service: () => SimulatedService, material: () => Material): void {
  describe('results of the plan free', () => {
    let frida: Person;
    let owner: string;
    let id: string;
    let before: { objects: string[]; zip: string };
    const at = (name: string) => join(material().folder, name);
    const zipKey = () => downloadRef({ owner, id, generation: 1 }).key;
    const storage = async () => (await frida.call('showJob', { params: { id } })).storage;
    const stored = (state: string) =>
      service().runner.until(
        `the results are ${state}`,
        async () => {
          const now = await storage();
          return now?.state === state ? now : undefined;
        },
        patience,
      );
    const jobs = async (command: string, ...args: string[]) => {
      const env = { LABDEPLOY_TOKEN: frida.token };
      const { code, stdout } = await cli(['jobs', command, id, ...args, '--url', service().url, '--json'], { env });
      return { code, lines: jsonLines(stdout) };
    };
    const head = () => {
      const { clients, outputs } = service();
      return clients.s3.send(new HeadObjectCommand({ Bucket: outputs.buckets.downloads, Key: zipKey() }));
    };
    /** Keys, sizes and digests of what the buckets have of the job's results. */
    /** The model's map, for corrections, goes for good when a job is archived. */
    const isMap = (object: string) => object.includes('/.tables.foreground/');
    const objects = async (): Promise<string[]> => {
      const { clients, outputs } = service();
      const found: string[] = [];
      for (const bucket of ['results', 'downloads'] as const) {
        const wanted = { Bucket: outputs.buckets[bucket], Prefix: jobPrefix({ owner, id }) };
        const { Contents = [] } = await clients.s3.send(new ListObjectsV2Command(wanted));
        found.push(...Contents.map(({ Key, Size, ETag }) => `${Key} ${Size} ${ETag}`));
      }
      return found;
    };
    /** As a payment service sends it, signed with a secret. */
    const billed = async (event: object, secret: string) => {
      const body = JSON.stringify(event);
      const time = String(Math.floor(Date.now() / 1000));
      const signature = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
      const headers = {
        'Content-Type': 'application/json',
        'Labdeploy-Timestamp': time,
        'Labdeploy-Signature': `v1=${signature}`,
      };
      const answer = await fetch(`${service().url}/v1/billing/events`, { method: 'POST', headers, body });
      return [answer.status, await answer.json()];
    };
    const zipOf = async () => {
      const { request } = await frida.call('signDownload', { params: { id } });
      const answer = await fetch(request.url);
      return createHash('sha256')
        .update(Buffer.from(await answer.arrayBuffer()))
        .digest('hex');
    };

    beforeAll(async () => {
      frida = await service().person('frida', 'plan-free');
      owner = JSON.parse(Buffer.from(frida.token.split('.')[1]!, 'base64url').toString()).sub;
      ({ id } = await submit(frida, material().images, 'archived'));
      await ended(service(), frida, id, patience);
    }, long);

    it(
      'go to Glacier when the account has counted 300 seconds, and not at 295',
      async () => {
        const { runner, moto, outputs } = service();
        const completed = Date.parse((await frida.call('showJob', { params: { id } })).changedAt);
        const due = (await runner.until('it is due', async () => (await storage())?.downloadUntil)) as string;
        expect(Date.parse(due) - completed).toBe(300 * second);
        before = { objects: await objects(), zip: await zipOf() };
        const cold = outputs.functions.cold!;
        const from = runner.batches.length;
        const looked = () => runner.batches.slice(from).filter((batch) => batch.function === cold).length;
        runner.clocks.set(cold, Date.parse(due) - 5 * second);
        await moto.queuesAhead(300);
        await runner.until('it was looked at too early', async () => (looked() > 0 ? true : undefined), patience);
        expect((await storage())!.state).toBe('live');
        runner.clocks.set(cold, Date.parse(due));
        await moto.queuesAhead(5);
        const { since } = await stored('archived');
        runner.clocks.delete(cold);
        expect(Date.parse(since) - completed).toBe(300 * second);
        expect((await head()).StorageClass).toBe('GLACIER');
        const gone = before.objects.filter((object) => isMap(object) || /\/(labels\.tif|rois\.zip) /.test(object));
        expect(gone).not.toEqual([]);
        const kept = before.objects.filter((object) => !gone.includes(object) && !object.startsWith(zipKey()));
        expect((await objects()).filter((object) => !object.startsWith(zipKey()))).toEqual(kept);
      },
      long,
    );

    it(
      'are refused with what to do about it, and stay there when sweep looks a day later',
      async () => {
        const { runner, outputs } = service();
        const refused = await jobs('download', '-o', at('too-early'));
        expect(refused.code).toBe(3);
        expect(JSON.stringify(refused.lines)).toMatch(/the results are archived.*jobs restore/);
        await expect(frida.call('signDownload', { params: { id } })).rejects.toMatchObject({
          problem: { status: 409, code: 'resultArchived' },
        });
        const from = runner.batches.length;
        runner.later = day + 3600 * second;
        try {
          await runner.tick('sweep');
        } finally {
          runner.later = 0;
        }
        const looked = runner.until('it was looked at', async () =>
          runner.batches.slice(from).find((batch) => batch.function === outputs.functions.cold),
        );
        expect(await looked).toMatchObject({ failed: [] });
        expect((await storage())!.state).toBe('archived');
      },
      long,
    );

    it(
      'come the standard way when a payment service says that their owner has another plan, where S3 has no capacity for the fast one, and S3 says when',
      async () => {
        const { moto } = service();
        await moto.holdRestores();
        const event = { id: 'evt_1', person: 'frida@lab.example', plan: 'premium' };
        expect(await billed(event, 'of another service')).toMatchObject([401, { code: 'eventUnsigned' }]);
        expect(await billed(event, billingSecret)).toEqual([200, { plan: 'premium' }]);
        expect(await billed(event, billingSecret)).toEqual([200, { plan: 'premium' }]); // again, which does nothing
        expect(await billed({ ...event, plan: 'free' }, billingSecret)).toMatchObject([409, { code: 'eventReused' }]);
        expect((await stored('restoring')).readyBy).toMatch(/Z$/);
        await service().runner.until('it was asked for', async () =>
          (await head()).Restore?.includes('ongoing-request="true"') === true ? true : undefined,
        );
        const refused = await jobs('download', '-o', at('too-early'));
        expect(JSON.stringify(refused.lines)).toMatch(/on their way back.*ask again at about/);
        const asked = await moto.endRestores();
        expect(asked.map(({ tier, status }) => `${tier} ${status}`)).toEqual([
          'Expedited 503',
          'Expedited 503', // as often as the client of S3 repeats it
          'Expedited 503',
          'Standard 202',
        ]);
        await stored('live');
        expect((await head()).StorageClass).toBeUndefined(); // S3 Standard
      },
      long,
    );

    it(
      'are as they were, and their owner is notified',
      async () => {
        expect(await objects()).toEqual(before.objects.filter((object) => !isMap(object)));
        expect(await zipOf()).toBe(before.zip);
        const { code } = await jobs('download', '-o', at('fetched-again'));
        expect(code).toBe(0);
        expect(withoutManifest(await treeOf(at('fetched-again')))).toEqual(material().expected);
        const told = await publishedNotice(service(), 'job.restored', id);
        expect(told.job).toMatchObject({ name: 'archived', state: 'completed' });
      },
      long,
    );
  });
}
