import type { PredictMessage } from '../../core/messages.ts';
import type { FleetReport } from '../../ports/fleet.ts';
import type { Ports } from '../../ports/ports.ts';

/** A plane of the image needs more memory than this machine has, and another has it. */
export class NeedsLargerMachine extends Error {
  readonly memoryMb: number;

  constructor(memoryMb: number) {
    super(`a plane takes ${memoryMb} MB`);
    this.memoryMb = memoryMb;
  }
}

/** The image went to the machines. `trouble`: none could be started now; sweep starts them. */
export type Moved = { moved: FleetReport } | { moved: 'later'; trouble: unknown };

type Services = Pick<Ports, 'jobs' | 'queue' | 'fleet'> & { ownQueue?: 'files' | 'large' };

/** Deliveries to a function, of a quarter of an hour each, after which machines take an image: they start in minutes. */
const mostRounds = 3;

/** Seconds until a machine sees a message again that a smaller one has met. */
const smallMachineDelay = 30;

/** Says that the image waits for a machine, sends it to them, and has them started. Sent before that, so that it cannot be lost. */
export async function moveToMachines(
  { owner, id, path, corrected }: PredictMessage,
  memoryMb: number | undefined,
  { jobs, queue, fleet, ownQueue }: Services,
): Promise<Moved> {
  const message = {
    ...{ owner, id, path },
    ...(memoryMb !== undefined && { memoryMb }),
    ...(corrected !== undefined && { corrected }),
  };
  if (corrected === undefined) await jobs.placeFile({ owner, id }, path, 'waits');
  await queue.send('large', [message], ownQueue === 'large' ? { delaySeconds: smallMachineDelay } : {});
  try {
    return { moved: await fleet!.ensure({ memoryMb, sent: 1 }) };
  } catch (trouble) {
    return { moved: 'later', trouble };
  }
}

/** Sends the message again for what is left of the image: where it has come, or to machines where it takes too long there. */
export async function sendAgain(message: PredictMessage, services: Services): Promise<'continues' | Moved> {
  const { jobs, queue, fleet, ownQueue = 'files' } = services;
  const rounds = (message.rounds ?? 0) + 1;
  if (ownQueue === 'files' && fleet !== undefined && rounds >= mostRounds)
    return moveToMachines(message, undefined, services);
  if (ownQueue === 'large') await jobs.placeFile(message, message.path, 'waits');
  await queue.send(ownQueue, [ownQueue === 'files' && fleet !== undefined ? { ...message, rounds } : message]);
  return 'continues';
}
