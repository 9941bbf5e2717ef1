import type { PredictMessage } from '../../core/messages.ts';
import { checkpointPrefix } from '../../core/object-keys.ts';
import { fileDigest } from '../../jobs/edit-log.ts';
import type { ObjectStore } from '../../ports/object-store.ts';

/** Removes all that was kept of an image that has ended; also what a delivery left that died before it saved its state. */
export const removeCheckpoint = (message: PredictMessage, objects: ObjectStore): Promise<number> =>
  objects.removeAll('results', checkpointPrefix(message, fileDigest(message.path)));
