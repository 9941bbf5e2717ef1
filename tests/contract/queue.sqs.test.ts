import { SendMessageBatchCommand, type SendMessageBatchCommandInput, SendMessageCommand } from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { sqsQueue } from '../../functions/adapters/aws/sqs-queue.ts';
import type { QueueName } from '../../functions/core/messages.ts';
import type { Queue } from '../../functions/ports/queue.ts';
import { type Clients, clientsFor } from '../support/simulated-account/clients.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';
import { makeQueues } from '../support/simulated-account/queues.ts';
import { attempts, queueContract } from './queue.ts';

const options = { max: 10, visibilitySeconds: 30 };
const job = { owner: 'olga', id: 'job1' };

await describeWithMoto('queues on SQS', (moto) => {
  queueContract('SQS', async () => {
    const client = clientsFor(moto().url).sqs;
    const unreadable = (queue: QueueName, cause: unknown) => {
      throw new Error(`unreadable message on ${queue}`, { cause });
    };
    const queue = sqsQueue({ client, ...(await makeQueues(client, attempts)), unreadable, waitSeconds: 0 });
    await moto().passInQueues(0);
    return { queue, pass: (seconds) => moto().passInQueues(seconds), mayRepeat: true };
  });

  describe('what only SQS brings', () => {
    let sqs: Clients['sqs'];
    let urls: Awaited<ReturnType<typeof makeQueues>>;
    let queue: Queue;
    let unread: [QueueName, unknown][];
    beforeEach(async () => {
      ({ sqs } = clientsFor(moto().url));
      urls = await makeQueues(sqs, attempts);
      unread = [];
      const unreadable = (name: QueueName, error: unknown) => unread.push([name, error]);
      queue = sqsQueue({ client: sqs, ...urls, unreadable, waitSeconds: 0 });
    });
    const sendRaw = (MessageBody: string) =>
      sqs.send(new SendMessageCommand({ QueueUrl: urls.queues.files, MessageBody }));
    const notification = (...paths: string[]) =>
      JSON.stringify({
        Records: paths.map((path) => ({
          eventName: 'ObjectCreated:Put',
          s3: { object: { key: `olga/job1/${encodeURIComponent(path)}` } },
        })),
      });
    /** Answers of SendMessageBatch as `answer` makes them; undefined lets SQS answer. Counts the requests. */
    function refuse(answer: (ids: string[], request: number) => { Id: string; Code: string; SenderFault: boolean }[]) {
      let requests = 0;
      sqs.middlewareStack.add(
        (next, context) => async (args) => {
          if (context.commandName !== SendMessageBatchCommand.name) return next(args);
          const input = args.input as SendMessageBatchCommandInput;
          const entries = input.Entries ?? [];
          const Failed = answer(
            entries.map(({ Id }) => Id!),
            ++requests,
          );
          const failed = new Set(Failed.map(({ Id }) => Id));
          const Entries = entries.filter(({ Id }) => !failed.has(Id!));
          if (Entries.length === 0) return { output: { $metadata: {}, Failed }, response: {} } as never;
          const result = await next({ ...args, input: { ...input, Entries } });
          Object.assign(result.output, { Failed });
          return result;
        },
        { step: 'initialize' },
      );
      return () => requests;
    }
    const busy = (Id: string) => ({ Id, Code: 'InternalError', SenderFault: false });

    it('sends again what was not taken, and only that', async () => {
      const requests = refuse((ids, request) => (request === 1 ? ids.slice(0, 3).map(busy) : []));
      const paths = Array.from({ length: 10 }, (_, n) => `${n}.tif`);
      await queue.send(
        'files',
        paths.map((path) => ({ ...job, path })),
      );
      expect(requests()).toBe(2);
      const received = await queue.receive('files', options);
      expect(received.map(({ body }) => body.path).sort()).toEqual(paths);
      expect(await queue.depth('files')).toEqual({ waiting: 0, hidden: 10, dead: 0 });
    });

    it('throws what could not be sent in the end', async () => {
      refuse((ids) => ids.slice(0, 1).map(busy));
      await expect(queue.send('files', [{ ...job, path: 'a.tif' }])).rejects.toThrow(
        'SQS refused to send to files, 1 of 1 messages: InternalError',
      );
    });

    it('throws at once what SQS will never take', async () => {
      const requests = refuse((ids) => ids.map((Id) => ({ Id, Code: 'InvalidMessageContents', SenderFault: true })));
      await expect(queue.send('files', [{ ...job, path: 'a.tif' }])).rejects.toThrow('InvalidMessageContents');
      expect(requests()).toBe(1);
    });

    it('sends messages that are together larger than one request', async () => {
      const paths = Array.from({ length: 9 }, (_, n) => `${n}`.repeat(60_000));
      await queue.send(
        'files',
        paths.map((path) => ({ ...job, path })),
      );
      expect(await queue.depth('files')).toEqual({ waiting: 9, hidden: 0, dead: 0 });
    });

    it('receives an event of S3 as a message of ours', async () => {
      await sendRaw(notification('a b/Größe +1.tif'));
      const [received] = await queue.receive('files', options);
      expect(received).toMatchObject({ body: { ...job, path: 'a b/Größe +1.tif' }, receives: 1 });
      await queue.acknowledge('files', [received!.receipt]);
      expect(await queue.depth('files')).toEqual({ waiting: 0, hidden: 0, dead: 0 });
    });

    it('deletes an event of several objects when each is acknowledged', async () => {
      await sendRaw(notification('a.tif', 'b.tif'));
      const received = await queue.receive('files', options);
      expect(received.map(({ body }) => body.path)).toEqual(['a.tif', 'b.tif']);
      await queue.acknowledge('files', [received[1]!.receipt]);
      expect(await queue.depth('files')).toMatchObject({ hidden: 1 });
      await queue.acknowledge('files', [received[0]!.receipt]);
      expect(await queue.depth('files')).toMatchObject({ hidden: 0 });
    });

    it('deletes the event that tests a bucket’s notifications', async () => {
      await sendRaw(JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'inputs' }));
      expect(await queue.receive('files', options)).toEqual([]);
      expect(await queue.depth('files')).toEqual({ waiting: 0, hidden: 0, dead: 0 });
    });

    it('reports a message that is none of ours, leaves it, and gives the others', async () => {
      await sendRaw('hello');
      await queue.send('files', [{ ...job, path: 'a.tif' }]);
      const received = [...(await queue.receive('files', options)), ...(await queue.receive('files', options))];
      expect(received.map(({ body }) => body.path)).toEqual(['a.tif']);
      expect(unread).toEqual([
        ['files', expect.objectContaining({ message: 'not JSON in a message of files: hello' })],
      ]);
      expect(await queue.depth('files')).toEqual({ waiting: 0, hidden: 2, dead: 0 });
    });

    it('refuses a queue that the function does not know', async () => {
      const narrow = sqsQueue({ client: sqs, queues: {}, deadLetters: {}, unreadable: () => undefined });
      await expect(narrow.send('zips', [{ ...job, generation: 1 }])).rejects.toThrow('no URL of the queue zips');
      await expect(narrow.receiveDead('zips', options)).rejects.toThrow('no URL of the dead letters of zips');
    });
  });
});
