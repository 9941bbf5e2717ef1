import { announcementOf } from '../core/announcements.ts';
import { isDiskTrouble } from '../core/errors.ts';
import type { ObjectRef } from '../core/object-keys.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Queue } from '../ports/queue.ts';

const againMs = 1000;

/**
 * What S3's event notification does on AWS: every object whose arrival starts something becomes a message (core/announcements). The
 * object is there whether the message can be written now or not, as on a disk that is just full: then it is sent until it
 * is written. What a process that ends meanwhile still owes is sent when the service starts (service/resume).
 */
export function notifyInputs(objects: ObjectStore, queue: Queue): ObjectStore {
  const notify = async (ref: ObjectRef) => {
    const announcement = announcementOf(ref);
    if (announcement === undefined) return;
    try {
      await queue.send(announcement.queue, [announcement.body]);
    } catch (error) {
      if (!isDiskTrouble(error)) throw error;
      setTimeout(() => notify(ref).catch(() => {}), againMs).unref(); // of another kind: the service has ended
    }
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
