import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, PurgeQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { featureOfQueue, type QueueName } from '../../../functions/core/messages.ts';
import { archivePath, type Bucket, type JobRef, jobBuckets, jobPrefix } from '../../../functions/core/object-keys.ts';
import { queueNames } from '../../../functions/stages/stages.ts';
import { patience } from '../../../functions/stages/sweep/descriptor.ts';
import type { Person, SimulatedService } from '../../support/simulated-account/service.ts';
import { buildZip } from '../../support/zip-builder.ts';
import { ended, resultsOf, send, submit } from './folder-of-images.ts';
import { cutOff, killWhen } from './kill.ts';
import type { Material } from './material.ts';

/** Those of jobs, without features. */
const queuesHere = queueNames.filter((queue) => featureOfQueue[queue] === undefined);

const MB = 1024 * 1024;
const minute = 60_000;
const hour = 60 * minute;
const long = 120_000;

/** What is lost, broken or late, and how each job ends all the same. */
export function rescues(service: () => SimulatedService, material: () => Material): void {
  describe('a job', () => {
    let rita: Person;
    let owner: string;
    beforeAll(async () => {
      rita = await service().person('rita');
      owner = JSON.parse(Buffer.from(rita.token.split('.')[1]!, 'base64url').toString()).sub;
    }, minute);
    const at = (name: string) => join(material().folder, name);
    const key = (id: string, path: string) => jobPrefix({ owner, id }) + path;
    const remove = (bucket: Bucket, Key: string) => {
      const { clients, outputs } = service();
      return clients.s3.send(new DeleteObjectCommand({ Bucket: outputs.buckets[bucket], Key }));
    };
    const objects = async (bucket: Bucket, job: JobRef) => {
      const { clients, outputs } = service();
      const request = new ListObjectsV2Command({ Bucket: outputs.buckets[bucket], Prefix: jobPrefix(job) });
      return (await clients.s3.send(request)).KeyCount;
    };
    /** Runs sweep with clocks that are ahead. */
    const sweepAt = async (ms: number) => {
      const { runner } = service();
      runner.later = ms;
      try {
        return await runner.tick('sweep');
      } finally {
        runner.later = 0;
      }
    };

    it(
      'whose image is gone before its turn fails that file, and says so',
      async () => {
        const { runner } = service();
        await runner.pause();
        const { id } = await send(rita, material().images, 'gone');
        await rita.call('submitJob', { params: { id } });
        await remove('inputs', key(id, 'sparse.tif'));
        await runner.start();
        expect(await ended(service(), rita, id)).toMatchObject({ state: 'completed', counts: { failed: 1 } });
        expect((await rita.call('listFiles', { params: { id }, query: { state: 'failed' } })).items).toMatchObject([
          { path: 'sparse.tif' },
        ]);
      },
      long,
    );

    it(
      'whose zip is gone before its turn fails',
      async () => {
        const { runner } = service();
        await runner.pause();
        const { id } = await send(rita, material().zip, 'gone');
        await rita.call('submitJob', { params: { id } });
        await remove('uploads', key(id, archivePath));
        await runner.start();
        expect(await ended(service(), rita, id)).toMatchObject({ state: 'failed' });
      },
      long,
    );

    it(
      'whose zip is none fails with the reason',
      async () => {
        await writeFile(at('broken.zip'), Buffer.alloc(1000, 'no zip'));
        const { id } = await submit(rita, at('broken.zip'), 'broken');
        expect(await ended(service(), rita, id)).toMatchObject({ state: 'failed', failure: { code: 'archiveBroken' } });
      },
      long,
    );

    it(
      'whose stored image has another checksum than its zip says fails that file, and leaves nothing half written',
      async () => {
        const entries = [{ name: 'wrong.tif', data: Buffer.alloc(6 * MB), method: 0, crc32: 1 }];
        await writeFile(at('wrong.zip'), buildZip({ entries }));
        const { id } = await submit(rita, at('wrong.zip'), 'wrong');
        expect(await ended(service(), rita, id)).toMatchObject({ state: 'failed', counts: { failed: 1 } });
        expect(await objects('inputs', { owner, id })).toBe(0);
      },
      long,
    );

    it(
      'whose zip kills its function each time fails after five attempts',
      async () => {
        const { runner, outputs } = service();
        const from = runner.batches.length;
        using _ = killWhen(
          service(),
          'unzip',
          ({ action, resource }) => action === 's3:GetObject' && resource.includes(outputs.buckets.uploads),
          Number.POSITIVE_INFINITY,
        );
        const { id } = await submit(rita, material().zip, 'deadly');
        for (const attempt of [1, 2, 3, 4, 5]) {
          await cutOff(service(), 'unzip', from, attempt);
          await runner.timeOut();
        }
        await runner.until('its failure', async () => {
          await runner.tick('sweep');
          return (await rita.call('showJob', { params: { id } })).state === 'failed' || undefined;
        });
        expect(await rita.call('showJob', { params: { id } })).toMatchObject({ failure: { code: 'gaveUp' } });
      },
      long,
    );

    it(
      'whose messages are all lost gets them again from sweep',
      async () => {
        const { runner, clients, outputs } = service();
        await runner.pause();
        const { id } = await send(rita, material().images, 'lost');
        await clients.sqs.send(new PurgeQueueCommand({ QueueUrl: outputs.queues.files }));
        await rita.call('submitJob', { params: { id } });
        await runner.start();
        await sweepAt(1000 * patience.files + hour);
        expect(await ended(service(), rita, id)).toMatchObject({ state: 'completed' });
        expect(await resultsOf(rita, id, at('lost'))).toEqual(material().expected);
      },
      long,
    );

    it(
      'that is deleted leaves no object, and what comes later goes with the sweep of two days after',
      async () => {
        const { clients, outputs } = service();
        const { id } = await submit(rita, material().zip, 'deleted');
        const job = { owner, id };
        await ended(service(), rita, id);
        for (const bucket of ['results', 'downloads'] as const)
          await clients.s3.send(
            new CreateMultipartUploadCommand({ Bucket: outputs.buckets[bucket], Key: key(id, 'half') }),
          );
        await rita.call('deleteJob', { params: { id } });
        for (const bucket of jobBuckets) {
          expect(await objects(bucket, job)).toBe(0);
          const late = { Bucket: outputs.buckets[bucket], Key: key(id, 'late'), Body: 'late' };
          await clients.s3.send(new PutObjectCommand(late));
        }
        await sweepAt(50 * hour);
        for (const bucket of jobBuckets) expect(await objects(bucket, job)).toBe(0);
      },
      long,
    );

    const waiting = async (QueueUrl: string): Promise<number> => {
      const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
      const request = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] });
      const { Attributes } = await service().clients.sqs.send(request);
      return AttributeNames.reduce((sum, name) => sum + Number(Attributes![name]), 0);
    };

    it.each(queuesHere)(
      'that has ended is left alone by dead letters of %s',
      async (queue: QueueName) => {
        const { runner, clients, outputs } = service();
        const { items } = await rita.call('listJobs');
        const { id } = items.find(({ state }) => state === 'completed')!;
        const letter = { owner, id, generation: 1, path: 'sparse.tif', archive: archivePath };
        const QueueUrl = outputs.deadLetters[queue];
        const before = await waiting(QueueUrl);
        await clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(letter) }));
        expect(await runner.tick('sweep')).toMatchObject([{ payload: null }]);
        expect(await waiting(QueueUrl)).toBe(before);
        expect(await rita.call('showJob', { params: { id } })).toMatchObject({ state: 'completed' });
      },
      long,
    );

    it(
      'does not wait for what nobody can read: it lies in the dead letters',
      async () => {
        const { runner, clients, outputs } = service();
        for (const queue of queuesHere) {
          const QueueUrl = outputs.queues[queue];
          await clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'no message' }));
        }
        for (const queue of queuesHere)
          await runner.until(`a dead letter of ${queue}`, async () =>
            (await waiting(outputs.deadLetters[queue])) > 0 ? true : undefined,
          );
      },
      long,
    );

    it('that cannot be made may be asked for again with the same key', async () => {
      const request = randomUUID();
      const wanted = { name: 'x', source: 'files' } as const;
      await expect(rita.call('createJob', { body: { ...wanted, model: 'none' }, key: request })).rejects.toMatchObject({
        problem: { code: 'modelMissing' },
      });
      expect(await rita.call('createJob', { body: wanted, key: request })).toMatchObject({ state: 'uploading' });
    });

    it(
      'is taken on by the next sweep when one is killed, and an alarm can tell',
      async () => {
        const { runner, outputs } = service();
        const before = await waiting(outputs.deadLetters.sweep);
        {
          using _ = killWhen(service(), 'sweep', ({ action }) => action === 'dynamodb:Query');
          expect(await runner.tick('sweep')).toMatchObject([{ error: { errorType: 'Runtime.ExitError' } }]);
        }
        expect(await waiting(outputs.deadLetters.sweep)).toBe(before + 1);
        expect(await runner.tick('sweep')).toMatchObject([{ payload: null }]);
      },
      long,
    );
  });
}
