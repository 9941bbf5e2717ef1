import type { Messages, QueueName } from '../../../functions/core/messages.ts';
import type { Clock } from '../../../functions/ports/clock.ts';
import type { Queue, Received } from '../../../functions/ports/queue.ts';

interface Message {
  queue: QueueName;
  dead: boolean;
  visibleAt: number;
  receives: number;
  body: string;
}

/** The queues in memory. `choose` picks which visible message comes next (default: the oldest), so that tests can reorder. */
export function memoryQueue(
  clock: Clock,
  attempts: Record<QueueName, number>,
  choose: (count: number) => number = () => 0,
): Queue {
  const messages = new Map<number, Message>();
  let lastId = 0;
  const visible = (queue: QueueName, dead: boolean) =>
    [...messages].filter(([, m]) => m.queue === queue && m.dead === dead && m.visibleAt <= clock.now());

  const deliver = <Q extends QueueName>(queue: Q, dead: boolean, max: number, visibilitySeconds: number) => {
    const delivered: Received<Messages[Q]>[] = [];
    let candidates = visible(queue, dead);
    if (!dead) {
      const spent = candidates.filter(([, message]) => message.receives >= attempts[queue]);
      for (const [, message] of spent) Object.assign(message, { dead: true, receives: 0 });
      if (spent.length > 0) candidates = candidates.filter(([, message]) => !message.dead);
    }
    while (delivered.length < max && candidates.length > 0) {
      const [[id, message]] = candidates.splice(choose(candidates.length), 1) as [[number, Message]];
      message.receives++;
      message.visibleAt = clock.now() + Math.max(1, visibilitySeconds * 1000);
      const receipt = `${id}.${message.receives}`;
      delivered.push({ receipt, body: JSON.parse(message.body), receives: message.receives });
    }
    return delivered;
  };
  const current = (queue: QueueName, dead: boolean, receipt: string): number | undefined => {
    const [id, receives] = receipt.split('.').map(Number);
    const message = messages.get(id ?? 0);
    return message?.queue === queue && message.dead === dead && message.receives === receives ? id : undefined;
  };
  const discard = async (queue: QueueName, dead: boolean, receipts: readonly string[]) => {
    for (const receipt of receipts) messages.delete(current(queue, dead, receipt) ?? 0);
  };

  return {
    async send(queue, bodies, { delaySeconds = 0 } = {}) {
      const visibleAt = clock.now() + delaySeconds * 1000;
      for (const body of bodies) {
        messages.set(++lastId, { queue, dead: false, visibleAt, receives: 0, body: JSON.stringify(body) });
      }
    },
    receive: async (queue, { max, visibilitySeconds }) => deliver(queue, false, max, visibilitySeconds),
    acknowledge: (queue, receipts) => discard(queue, false, receipts),
    async hide(queue, receipt, delaySeconds) {
      const message = messages.get(current(queue, false, receipt) ?? 0);
      if (message !== undefined) message.visibleAt = clock.now() + delaySeconds * 1000;
    },
    receiveDead: async (queue, { max, visibilitySeconds }) => deliver(queue, true, max, visibilitySeconds),
    acknowledgeDead: (queue, receipts) => discard(queue, true, receipts),
    async depth(queue) {
      const own = [...messages.values()].filter((message) => message.queue === queue);
      const dead = own.filter((message) => message.dead).length;
      const waiting = visible(queue, false).length;
      return { waiting, hidden: own.length - dead - waiting, dead };
    },
    async [Symbol.asyncDispose]() {
      messages.clear();
    },
  };
}
