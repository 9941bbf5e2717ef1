import { randomUUID } from 'node:crypto';
import type { JobSettings } from '../../core/job.ts';
import type { PredictMessage } from '../../core/messages.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Deadline } from '../../stages/predict/deadline.ts';
import { moveToMachines } from '../../stages/predict/larger-machine.ts';
import { type PredictResult, predictFile } from '../../stages/predict/predict.ts';
import { isRelabel, type RelabelResult, relabelImage } from '../../stages/predict/relabel.ts';
import type { PredictServices } from '../../stages/predict/services.ts';
import type { OfferedModels } from '../offered-models.ts';

export type MachineResult = PredictResult | RelabelResult;

export interface MachineWork {
  /** Those of stages/large. */
  ports: Ports;
  models: Pick<OfferedModels, 'load'>;
  services: Pick<PredictServices, 'planesAhead' | 'admit'>;
  /** MB that this machine has for a plane. */
  planeMb: number;
  /** The machine goes. */
  stop: AbortSignal;
  /** ms of work on an image after which what is done of it is stored, between two planes; default: `usualKeepMs`. */
  keepMs?: number;
  /** Of `total` planes of an image, `done` are through. */
  onPlane?(message: PredictMessage, done: number, total: number): void;
  /** ms since some moment. */
  now?(): number;
}

/**
 * A machine that dies without notice loses the planes in work and no more than these 30 s before. To store takes 3 to 5
 * requests to S3, while the next planes are worked on; an image that is through sooner makes none of them.
 */
const usualKeepMs = 30_000;

/**
 * Milliseconds after which the message is sent again: what is done of a plane that takes so long is stored too, and the
 * 12 hours of SQS count anew. To open the image again costs seconds.
 */
const deliveryMs = 20 * 60_000;

/** The work on one message of the queue `large`: predict's, by the limits of this machine. */
export function workOn(work: MachineWork): (message: PredictMessage) => Promise<MachineResult> {
  const { ports, models, services, planeMb } = work;
  return async (message) => {
    const own = { ...ports, ownQueue: 'large' as const };
    const { memoryMb } = message;
    if (memoryMb !== undefined && memoryMb > planeMb)
      return (await ports.jobs.get(message)) === undefined ? 'not pending' : moveToMachines(message, memoryMb, own);
    const given = { ...own, ...services, model: (settings: JobSettings) => models.load(settings, ports.objects) };
    if (isRelabel(message)) return relabelImage(message, given);
    const deadline = deadlineOf(work);
    const onPlane = (done: number, total: number) => work.onPlane?.(message, done, total);
    return predictFile(message, { ...given, deadline, onPlane });
  };
}

/** Near when the machine goes, or the delivery has taken long enough. */
function deadlineOf({ stop, keepMs = usualKeepMs, now = () => performance.now() }: MachineWork): Deadline {
  const end = now() + deliveryMs;
  let kept = now();
  return {
    attempt: randomUUID(), // also where Batch tries its job again: what a state names must not be written over
    near: () => stop.aborted || now() > end,
    keeps() {
      if (now() - kept < keepMs) return false;
      kept = now();
      return true;
    },
  };
}
