import type { FleetReport } from '../../ports/fleet.ts';
import type { Ports } from '../../ports/ports.ts';
import { patience } from './descriptor.ts';

/**
 * Has a machine asked for again for each training in work that none will take: no machine works, and nothing waits for one.
 * Whoever was to send its message died before. Returns for how many. One that is asked for twice is done once.
 */
export async function askAgain(
  { dataSets, queue, clock }: Pick<Ports, 'dataSets' | 'queue' | 'clock'>,
  { waiting, running }: FleetReport,
): Promise<number> {
  if (dataSets === undefined || waiting > 0 || running > 0) return 0;
  const before = clock.now() - patience.training * 1000;
  const lost = (await dataSets.training()).filter(
    ({ training }) => Math.max(training!.askedAt, training!.machine?.at ?? 0) < before,
  );
  for (const { owner, id, training } of lost)
    await queue.send('teaching', [{ kind: 'train', owner, id, askedAt: training!.askedAt }]);
  return lost.length;
}
