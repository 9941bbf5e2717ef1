import type { PredictMessage } from '../../core/messages.ts';
import { fileDigest } from '../../jobs/edit-log.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Queue } from '../../ports/queue.ts';
import type { EndpointRequests } from './endpoint-requests.ts';
import { readAwaited, writeAwaited } from './request-record.ts';

interface Services {
  objects: ObjectStore;
  /** Absent: nothing is ever awaited here. */
  requests?(image: PredictMessage): EndpointRequests;
}

const imageOf = ({ owner, id, path }: PredictMessage) => ({ owner, id, image: fileDigest(path) });

/** Whether the image waits for an answer which has not come: then nothing is to be done. `generation`: of its job, 0 for a package. */
export async function stillAwaits(
  message: PredictMessage,
  generation: number,
  { objects, requests }: Services,
): Promise<boolean> {
  if (requests === undefined) return false;
  const known = await readAwaited(imageOf(message), objects);
  return known?.generation === generation && (await requests(message).isAwaited(known.request));
}

/**
 * Leaves the image until its request is answered: the stage `answers` sends its message again. An answer that came before
 * anybody knew that it is awaited is looked for afterwards, so that none is missed.
 */
export async function awaitAnswer(
  { owner, id, path, rounds }: PredictMessage,
  { request, generation }: { request: string; generation: number },
  { objects, requests, queue }: Services & { queue: Pick<Queue, 'send'> },
): Promise<'awaits'> {
  const message = { owner, id, path, ...(rounds !== undefined && { rounds }) };
  await writeAwaited(imageOf(message), { request, generation, message }, objects);
  if (!(await requests!(message).isAwaited(request))) await queue.send('files', [message]);
  return 'awaits';
}
