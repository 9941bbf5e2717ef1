import type { PredictMessage } from '../../core/messages.ts';
import type { Ports } from '../../ports/ports.ts';
import { large } from '../../stages/large/descriptor.ts';
import type { Deadline } from '../../stages/predict/deadline.ts';
import { moveToMachines } from '../../stages/predict/larger-machine.ts';
import { type PredictResult, predictFile } from '../../stages/predict/predict.ts';
import type { PredictServices } from '../../stages/predict/services.ts';
import type { OfferedModels } from '../offered-models.ts';

export interface MachineWork {
  /** Those of stages/large. */
  ports: Ports;
  models: Pick<OfferedModels, 'load'>;
  services: Pick<PredictServices, 'planesAhead' | 'admit' | 'openImage'>;
  /** MB that this machine has for a plane. */
  planeMb: number;
  /** Of this process, unlike that of any other. */
  attempt: string;
  /** The machine goes. */
  stop: AbortSignal;
}

/** The work on one message of the queue `large`: predict's, by the limits of this machine. */
export function workOn(work: MachineWork): (message: PredictMessage) => Promise<PredictResult> {
  const { ports, models, services, planeMb, attempt, stop } = work;
  let deliveries = 0;
  return async (message) => {
    const own = { ...ports, ownQueue: 'large' as const };
    const { memoryMb } = message;
    if (memoryMb !== undefined && memoryMb > planeMb) return moveToMachines(message, memoryMb, own);
    return predictFile(message, {
      ...{ ...own, ...services },
      model: (settings) => models.load(settings, ports.objects),
      deadline: deadlineOf(`${attempt}-${++deliveries}`, stop),
    });
  };
}

/** Near when the machine goes, or SQS will take the message back. */
function deadlineOf(attempt: string, stop: AbortSignal): Deadline {
  const end = performance.now() + large.timeoutSeconds * 1000;
  return { attempt, near: () => stop.aborted || performance.now() > end };
}
