import { type ObjectRef, splitKey } from '../core/keys.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Queue } from '../ports/queue.ts';

/** What S3's event notification does on AWS: every object that comes into `inputs` becomes a message of the files queue. */
export function notifyInputs(objects: ObjectStore, queue: Queue): ObjectStore {
  const notify = async (ref: ObjectRef) => {
    if (ref.bucket === 'inputs') await queue.send('files', [splitKey(ref.key)]);
  };
  return {
    ...objects,
    async put(ref, body, expected) {
      const head = await objects.put(ref, body, expected);
      await notify(ref);
      return head;
    },
    async compose(ref, parts) {
      const head = await objects.compose(ref, parts);
      await notify(ref);
      return head;
    },
  };
}
