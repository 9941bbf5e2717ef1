import type { Messages, QueueName } from '../../core/messages.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Queue, Received } from '../../ports/queue.ts';
import type { LocalDatabase } from './database.ts';

interface Row {
  id: number;
  receives: number;
  body: string;
}

export interface LocalQueue extends Queue {
  /**
   * Resolves when a message of the queue may be visible, or the signal aborts: workers wait instead of polling. Sends of
   * other processes are noticed within seconds.
   */
  wait(queue: QueueName, signal?: AbortSignal): Promise<void>;
  /**
   * Makes every received message visible at once: for the one process that knows that no other has any in progress. Those
   * that were sent with a delay wait for no more than that from now, whatever the clock said when they were sent.
   */
  returnAll(): Promise<void>;
}

const longestWaitMs = 5000;

/**
 * Sending waits for the disk; taking and acknowledging do not, as a power cut that undoes them only has messages delivered
 * again. `attempts`: deliveries before a message is dead, from the descriptors of the stages.
 */
export function localQueue(
  { sql, change, note }: LocalDatabase,
  clock: Clock,
  attempts: Record<QueueName, number>,
): LocalQueue {
  const insert = sql.prepare(
    'INSERT INTO messages (queue, dead, visible_at, receives, body, delay) VALUES (?, 0, ?, 0, ?, ?)',
  );
  const next = sql.prepare(
    `SELECT id, receives, body FROM messages WHERE queue = ? AND dead = ? AND visible_at <= ? ORDER BY visible_at, id LIMIT ?`,
  );
  const take = sql.prepare('UPDATE messages SET visible_at = ?, receives = receives + 1 WHERE id = ?');
  const makeDead = sql.prepare('UPDATE messages SET dead = 1, visible_at = ?, receives = 0 WHERE id = ?');
  const remove = sql.prepare('DELETE FROM messages WHERE id = ? AND queue = ? AND dead = ? AND receives = ?');
  const reschedule = sql.prepare(
    'UPDATE messages SET visible_at = ? WHERE id = ? AND queue = ? AND dead = 0 AND receives = ?',
  );
  const count = sql.prepare(
    `SELECT count(*) FILTER (WHERE dead = 1) AS dead, count(*) FILTER (WHERE dead = 0 AND visible_at <= ?) AS waiting,
     count(*) FILTER (WHERE dead = 0 AND visible_at > ?) AS hidden FROM messages WHERE queue = ?`,
  );
  const returnAll = sql.prepare(
    `UPDATE messages SET visible_at = min(visible_at, ?1 + iif(receives > 0 OR dead = 1, 0, delay)) WHERE visible_at > ?1`,
  );
  const earliest = sql.prepare('SELECT min(visible_at) AS at FROM messages WHERE queue = ? AND dead = 0');

  const waiting = new Map<QueueName, Set<() => void>>();
  const wake = (queue: QueueName) => {
    for (const resolve of waiting.get(queue) ?? []) resolve();
  };

  const deliver = <Q extends QueueName>(queue: Q, dead: 0 | 1, max: number, visibilitySeconds: number) =>
    note(() => {
      const now = clock.now();
      const delivered: Received<Messages[Q]>[] = [];
      while (delivered.length < max) {
        const rows = next.all(queue, dead, now, max - delivered.length) as unknown as Row[];
        if (rows.length === 0) break;
        const isSpent = ({ receives }: Row) => dead === 0 && receives >= attempts[queue];
        for (const { id } of rows.filter(isSpent)) makeDead.run(now, id);
        for (const { id, receives, body } of rows.filter((row) => !isSpent(row))) {
          // At least 1 ms, so that one call cannot deliver a message twice.
          take.run(now + Math.max(1, visibilitySeconds * 1000), id);
          delivered.push({ receipt: `${id}.${receives + 1}`, body: JSON.parse(body), receives: receives + 1 });
        }
      }
      return delivered;
    });

  const discard = async (queue: QueueName, dead: 0 | 1, receipts: readonly string[]) => {
    if (receipts.length === 0) return;
    note(() => {
      for (const receipt of receipts) {
        const [id, receives] = parts(receipt);
        remove.run(id, queue, dead, receives);
      }
    });
  };

  return {
    async send(queue, bodies, { delaySeconds = 0 } = {}) {
      if (bodies.length === 0) return;
      const texts = bodies.map((body) => JSON.stringify(body));
      const sent = change(() => {
        const delay = delaySeconds * 1000;
        const at = clock.now() + delay;
        for (const text of texts) insert.run(queue, at, text, delay);
      });
      wake(queue);
      await sent;
    },
    async receive(queue, { max, visibilitySeconds }) {
      return deliver(queue, 0, max, visibilitySeconds);
    },
    acknowledge: (queue, receipts) => discard(queue, 0, receipts),
    async hide(queue, receipt, delaySeconds) {
      const [id, receives] = parts(receipt);
      note(() => reschedule.run(clock.now() + delaySeconds * 1000, id, queue, receives));
      wake(queue);
    },
    async receiveDead(queue, { max, visibilitySeconds }) {
      return deliver(queue, 1, max, visibilitySeconds);
    },
    acknowledgeDead: (queue, receipts) => discard(queue, 1, receipts),
    async depth(queue) {
      const now = clock.now();
      const { waiting, hidden, dead } = count.get(now, now, queue) as Record<'waiting' | 'hidden' | 'dead', number>;
      return { waiting, hidden, dead };
    },
    async returnAll() {
      note(() => returnAll.run(clock.now()));
    },
    wait(queue, signal) {
      const { at } = earliest.get(queue) as { at: number | null };
      const delay = Math.min(at === null ? longestWaitMs : at - clock.now(), longestWaitMs);
      if (delay <= 0 || signal?.aborted === true) return Promise.resolve();
      return new Promise((resolve) => {
        const woken = waiting.get(queue) ?? new Set();
        waiting.set(queue, woken);
        const done = () => {
          clearTimeout(timer);
          woken.delete(done);
          signal?.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, delay);
        woken.add(done);
        signal?.addEventListener('abort', done);
      });
    },
    async [Symbol.asyncDispose]() {
      for (const queue of waiting.keys()) wake(queue); // the database is closed by who opened it
    },
  };
}

/** A receipt is the message's number and its count of deliveries, so that the next delivery ends it. */
const parts = (receipt: string): [number, number] => {
  const [id, receives] = receipt.split('.').map(Number);
  return [id ?? -1, receives ?? -1];
};
