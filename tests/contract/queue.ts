import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Queue } from '../../functions/ports/queue.ts';
import { attemptsOf } from '../support/attempts.ts';

/** Deliveries before a message is dead, for the store under test. */
export const attempts = attemptsOf(5, { files: 3, zips: 1, notices: 2 });

export interface QueueUnderTest {
  queue: Queue;
  /** Lets so many seconds pass by the queue's clock, which stands still else. */
  pass(seconds: number): Promise<void>;
  /** Several receivers at once may get one message, as standard queues of SQS allow and moto shows. */
  mayRepeat?: true;
}

const job = { owner: 'olga', id: 'job1' };
const message = (n: number) => ({ ...job, path: `Größe #${n}.tif` });

/** Every promise of ports/queue. `open` gives empty queues with the attempts above; the suite disposes them. */
export const queueContract = (adapter: string, open: () => Promise<QueueUnderTest>) =>
  describe(`Queue on ${adapter}`, () => {
    let queue: Queue;
    let pass: QueueUnderTest['pass'];
    let mayRepeat: true | undefined;
    beforeEach(async () => {
      ({ queue, pass, mayRepeat } = await open());
    });
    afterEach(() => queue[Symbol.asyncDispose]());

    /** All that is visible now; a delivery may hold fewer than there are. */
    async function drain(options: { max: number; visibilitySeconds: number } = { max: 10, visibilitySeconds: 30 }) {
      const received = [];
      for (;;) {
        const some = await queue.receive('files', options);
        if (some.length === 0) return received;
        expect(some.length).toBeLessThanOrEqual(options.max);
        received.push(...some);
      }
    }
    const paths = (received: { body: { path: string } }[]) => received.map(({ body }) => body.path).sort();

    it('has nothing to receive at first', async () => {
      expect(await queue.receive('files', { max: 10, visibilitySeconds: 30 })).toEqual([]);
      expect(await queue.depth('files')).toEqual({ waiting: 0, hidden: 0, dead: 0 });
    });

    it('delivers each message with its body, once while it is hidden', async () => {
      await queue.send('files', [1, 2, 3].map(message));
      const received = await drain();
      expect(paths(received)).toEqual([1, 2, 3].map((n) => message(n).path));
      expect(received.map(({ receives }) => receives)).toEqual([1, 1, 1]);
      expect(received[0]!.body).toMatchObject(job);
      expect(new Set(received.map(({ receipt }) => receipt)).size).toBe(3);
      expect(await drain()).toEqual([]);
    });

    it('sends and receives more than a service takes at a time', async () => {
      const many = Array.from({ length: 57 }, (_, n) => message(n));
      await queue.send('files', many);
      expect(paths(await drain({ max: 10, visibilitySeconds: 60 }))).toEqual(many.map(({ path }) => path).sort());
    });

    it('sends nothing when asked to send nothing', async () => {
      await queue.send('files', []);
      expect(await drain()).toEqual([]);
    });

    it('keeps the queues apart', async () => {
      await queue.send('files', [message(1)]);
      await queue.send('zips', [{ ...job, generation: 2 }]);
      await queue.send('unzip', [{ ...job, archive: 'folder.zip' }]);
      expect(paths(await drain())).toEqual([message(1).path]);
      const [zip] = await queue.receive('zips', { max: 10, visibilitySeconds: 30 });
      expect(zip!.body).toEqual({ ...job, generation: 2 });
      const [archive] = await queue.receive('unzip', { max: 10, visibilitySeconds: 30 });
      expect(archive!.body).toEqual({ ...job, archive: 'folder.zip' });
    });

    it('delivers the same body twice when it was sent twice', async () => {
      await queue.send('files', [message(1), message(1)]);
      expect(await drain()).toHaveLength(2);
    });

    it('brings a message again after its visibility timeout, and counts', async () => {
      await queue.send('files', [message(1)]);
      const [first] = await drain({ max: 10, visibilitySeconds: 2 });
      await pass(1);
      expect(await drain()).toEqual([]);
      await pass(1.5);
      const [second] = await drain();
      expect(second).toMatchObject({ body: first!.body, receives: 2 });
    });

    it('forgets what is acknowledged', async () => {
      await queue.send('files', [1, 2, 3].map(message));
      const received = await drain({ max: 10, visibilitySeconds: 1 });
      const kept = received.find(({ body }) => body.path === message(2).path)!;
      const receipts = received.filter((one) => one !== kept).map(({ receipt }) => receipt);
      await queue.acknowledge('files', receipts);
      await queue.acknowledge('files', receipts);
      await queue.acknowledge('files', []);
      await pass(1.5);
      expect(paths(await drain())).toEqual([message(2).path]);
    });

    it('does not mind a receipt that is no longer good, and takes no other message for it', async () => {
      await queue.send('files', [message(1)]);
      const [first] = await drain({ max: 1, visibilitySeconds: 1 });
      await pass(1.5);
      const [second] = await drain({ max: 1, visibilitySeconds: 1 });
      await queue.acknowledge('files', [second!.receipt]);
      await queue.send('files', [message(2)]);
      await queue.acknowledge('files', [first!.receipt, second!.receipt]);
      await pass(1.5);
      expect(paths(await drain())).toEqual([message(2).path]);
    });

    it('returns a message at once when it is hidden for 0 seconds', async () => {
      await queue.send('files', [message(1)]);
      const [first] = await drain();
      await queue.hide('files', first!.receipt, 0);
      const [second] = await drain();
      expect(second).toMatchObject({ body: message(1), receives: 2 });
    });

    it('extends a running visibility timeout', async () => {
      await queue.send('files', [message(1)]);
      const [first] = await drain({ max: 1, visibilitySeconds: 1 });
      await queue.hide('files', first!.receipt, 3);
      await pass(2);
      expect(await drain()).toEqual([]);
      await pass(1.5);
      expect(await drain()).toHaveLength(1);
    });

    it('does not hide a message that another worker has now', async () => {
      await queue.send('files', [message(1)]);
      const [first] = await drain({ max: 1, visibilitySeconds: 1 });
      await pass(1.5);
      const [second] = await drain({ max: 1, visibilitySeconds: 1 });
      await queue.acknowledge('files', [second!.receipt]);
      await queue.hide('files', second!.receipt, 0).catch(() => undefined); // a service may refuse: the message is gone
      await queue.hide('files', first!.receipt, 0).catch(() => undefined);
      expect(await drain()).toEqual([]);
    });

    it('delays', async () => {
      await queue.send('files', [message(1)], { delaySeconds: 2 });
      expect(await drain()).toEqual([]);
      await pass(2.5);
      expect(await drain()).toHaveLength(1);
    });

    it('moves a message to the dead letters after its last attempt, where it stays until acknowledged', async () => {
      await queue.send('files', [message(1)]);
      for (let n = 1; n <= attempts.files; n++) {
        const [received] = await drain({ max: 1, visibilitySeconds: 1 });
        expect(received?.receives).toBe(n);
        expect(await queue.receiveDead('files', { max: 10, visibilitySeconds: 1 })).toEqual([]);
        await pass(1.5);
      }
      expect(await drain()).toEqual([]);
      for (let n = 0; n < attempts.files + 1; n++) {
        const [letter] = await queue.receiveDead('files', { max: 10, visibilitySeconds: 1 });
        expect(letter).toMatchObject({ body: message(1) });
        expect(await queue.receiveDead('files', { max: 10, visibilitySeconds: 1 })).toEqual([]);
        await pass(1.5);
      }
      expect(await queue.depth('files')).toEqual({ waiting: 0, hidden: 0, dead: 1 });
      const [letter] = await queue.receiveDead('files', { max: 10, visibilitySeconds: 1 });
      await queue.acknowledgeDead('files', [letter!.receipt]);
      await pass(1.5);
      expect(await queue.receiveDead('files', { max: 10, visibilitySeconds: 1 })).toEqual([]);
      expect(await queue.depth('files')).toEqual({ waiting: 0, hidden: 0, dead: 0 });
    });

    it('counts the attempts of each queue', async () => {
      await queue.send('zips', [{ ...job, generation: 1 }]);
      await queue.receive('zips', { max: 1, visibilitySeconds: 1 });
      await pass(1.5);
      expect(await queue.receive('zips', { max: 1, visibilitySeconds: 1 })).toEqual([]);
      const [letter] = await queue.receiveDead('zips', { max: 1, visibilitySeconds: 30 });
      expect(letter!.body).toEqual({ ...job, generation: 1 });
    });

    it('counts waiting and hidden messages', async () => {
      await queue.send('files', [1, 2, 3].map(message));
      await queue.send('files', [message(4)], { delaySeconds: 30 });
      const [received] = await queue.receive('files', { max: 1, visibilitySeconds: 30 });
      expect(await queue.depth('files')).toEqual({ waiting: 2, hidden: 2, dead: 0 });
      await queue.acknowledge('files', [received!.receipt]);
      expect(await queue.depth('files')).toEqual({ waiting: 2, hidden: 1, dead: 0 });
    });

    it('gives a message to one of many receivers', async () => {
      await queue.send(
        'files',
        Array.from({ length: 20 }, (_, n) => message(n)),
      );
      const receivers = Array.from({ length: 10 }, () => queue.receive('files', { max: 4, visibilitySeconds: 60 }));
      const received = (await Promise.all(receivers)).flat();
      const all = paths([...received, ...(await drain())]);
      expect(new Set(all).size).toBe(20);
      if (!mayRepeat) expect(all).toHaveLength(20);
    });
  });
