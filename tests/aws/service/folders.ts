import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DeleteMessageCommand, type Message, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Person, SimulatedService } from '../../support/simulated-account/service.ts';
import { ended, resultsOf, send, submit } from './folder-of-images.ts';
import type { Material } from './material.ts';

/** Folders that go in and come out as on one machine. */
export function folders(service: () => SimulatedService, material: () => Material): void {
  describe('a folder', () => {
    let olga: Person;
    beforeAll(async () => {
      olga = await service().person('olga');
    }, 60_000);
    const at = (name: string) => join(material().folder, 'results', name);

    it('sent file by file gives what run gives, byte for byte', async () => {
      const { id } = await submit(olga, material().images, 'files');
      expect(await ended(service(), olga, id)).toMatchObject({
        state: 'completed',
        counts: { expected: material().count, done: material().count, failed: 0, pending: 0 },
      });
      expect(await resultsOf(olga, id, at('files'))).toEqual(material().expected);
    }, 150_000);

    it('sent as a zip gives the same', async () => {
      const { id } = await submit(olga, material().zip, 'zip');
      expect(await ended(service(), olga, id)).toMatchObject({ state: 'completed' });
      expect(await resultsOf(olga, id, at('zip'))).toEqual(material().expected);
    }, 150_000);

    it('run again gives the same, without being sent, also when the first job is deleted', async () => {
      const first = await submit(olga, material().images, 'first');
      await ended(service(), olga, first.id);
      const body = { source: 'job', from: first.id, name: 'again' } as const;
      const { id } = await olga.call('createJob', { body, key: randomUUID() });
      expect(await ended(service(), olga, id)).toMatchObject({
        state: 'completed',
        counts: { expected: material().count, done: material().count, failed: 0, pending: 0 },
      });
      await olga.call('deleteJob', { params: { id: first.id } });
      expect(await resultsOf(olga, id, at('again'))).toEqual(material().expected);
    }, 180_000);

    it('gives the same when every message comes twice and in another order, also before the job is closed', async () => {
      const { runner } = service();
      await runner.pause();
      const { id } = await send(olga, material().images, 'shuffled');
      const sent = await repeatBackwards(service());
      expect(sent).toBe(material().count);
      await runner.start();
      await runner.until('all files', async () => {
        const { counts } = await olga.call('showJob', { params: { id } });
        return counts.done === material().count ? counts : undefined;
      });
      await olga.call('submitJob', { params: { id } });
      expect(await ended(service(), olga, id)).toMatchObject({
        state: 'completed',
        generation: 1,
        counts: { expected: material().count, done: material().count, failed: 0, pending: 0 },
      });
      expect(await resultsOf(olga, id, at('shuffled'))).toEqual(material().expected);
    }, 180_000);
  });
}

/** Takes all messages from the queue of files, and sends each twice, the last first. Returns how many there were. */
async function repeatBackwards({ clients, outputs }: SimulatedService): Promise<number> {
  const QueueUrl = outputs.queues.files;
  const taken: Message[] = [];
  for (;;) {
    const request = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 });
    const { Messages = [] } = await clients.sqs.send(request);
    if (Messages.length === 0) break;
    for (const { ReceiptHandle } of Messages)
      await clients.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    taken.push(...Messages);
  }
  for (const { Body } of [...taken, ...taken].reverse())
    await clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: Body }));
  return taken.length;
}
