import { once } from 'node:events';
import { PassThrough } from 'node:stream';

/** Items pushed one by one into a consumer of an async iterable, no faster than it takes them. */
export interface PushConsumer<T> {
  /** Resolves when the consumer can take more; rejects when it failed. */
  write(item: T): Promise<void>;
  /** No more items: waits until the consumer is through. */
  end(): Promise<void>;
  /** Fails the consumer, so that it leaves nothing half-written, and waits for it. */
  abort(error: Error): Promise<void>;
}

export function pushConsumer<T>(consume: (items: AsyncIterable<T>) => Promise<unknown>): PushConsumer<T> {
  const pipe = new PassThrough({ objectMode: true, highWaterMark: 1 });
  pipe.on('error', () => {}); // reported by write and end
  const consumed = consume(pipe);
  /** Rejects with the consumer's own reason, once it is through with items still to come. */
  const stopped = async (): Promise<never> => {
    await consumed;
    throw new Error('the consumer ended before the items did');
  };
  consumed.catch((error: unknown) => pipe.destroy(error instanceof Error ? error : new Error(String(error))));
  return {
    async write(item) {
      if (pipe.destroyed) await stopped();
      if (!pipe.write(item)) await Promise.race([once(pipe, 'drain').catch(stopped), stopped()]);
    },
    async end() {
      pipe.end();
      await consumed;
    },
    async abort(error) {
      pipe.destroy(error);
      await consumed.catch(() => {});
    },
  };
}
