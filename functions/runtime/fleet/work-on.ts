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
  /** Of this process, unlike that of any other. */
  attempt: string;
  /** The machine goes. */
  stop: AbortSignal;
  /** ms since some moment. */
  now?(): number;
}

/**
 * Milliseconds after which what is done of an image is kept and its message sent again: a machine that dies without notice
 * loses no more than that. What is kept costs seconds.
 */
const keptEveryMs = 20 * 60_000;

/** The work on one message of the queue `large`: predict's, by the limits of this machine. */
export function workOn(work: MachineWork): (message: PredictMessage) => Promise<MachineResult> {
  const { ports, models, services, planeMb, attempt } = work;
  let deliveries = 0;
  return async (message) => {
    const own = { ...ports, ownQueue: 'large' as const };
    const { memoryMb } = message;
    if (memoryMb !== undefined && memoryMb > planeMb) return moveToMachines(message, memoryMb, own);
    const given = { ...own, ...services, model: (settings: JobSettings) => models.load(settings, ports.objects) };
    if (isRelabel(message)) return relabelImage(message, given);
    return predictFile(message, { ...given, deadline: deadlineOf(`${attempt}-${++deliveries}`, work) });
  };
}

/** Near when the machine goes, or enough is done to be kept. */
function deadlineOf(attempt: string, { stop, now = () => performance.now() }: MachineWork): Deadline {
  const end = now() + keptEveryMs;
  return { attempt, near: () => stop.aborted || now() > end };
}
