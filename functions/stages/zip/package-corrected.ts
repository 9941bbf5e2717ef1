import type { CorrectedRound } from '../../core/corrected-round.ts';
import { Failure } from '../../core/errors.ts';
import type { Job } from '../../core/job.ts';
import type { ZipMessage } from '../../core/messages.ts';
import {
  correctedObjects,
  failRound,
  readEnd,
  readRound,
  whereCorrected,
  writeEnd,
} from '../../jobs/corrected-rounds.ts';
import type { Ports } from '../../ports/ports.ts';
import { type PackageServices, writeResults } from './write-results.ts';

type CorrectedMessage = ZipMessage & Required<Pick<ZipMessage, 'corrected'>>;

/** `round`: its number. */
export type CorrectedResult = { round: number; bytes?: number } | { failed: Failure } | 'not packaging';

export const isCorrected = (message: ZipMessage): message is CorrectedMessage => message.corrected !== undefined;

/** A newer round, a retry or the end of the job came while this delivery worked. */
class Superseded extends Error {}

/**
 * Writes the tables and the zip of a round of corrected results beside those of the job, and that the round has ended. The
 * job itself stays as it is. Safe to repeat.
 */
export async function packageCorrected(
  message: CorrectedMessage,
  services: PackageServices & Pick<Ports, 'clock'>,
): Promise<CorrectedResult> {
  const { objects, clock, signal } = services;
  const found = await wanted(message, services);
  if (found === undefined) return 'not packaging';
  const { job, round } = found;
  const ended = await readEnd(message, objects);
  if (ended?.number === round.number && ended.failure === undefined) return 'not packaging';
  const look = async () => {
    signal?.throwIfAborted();
    if ((await wanted(message, services)) === undefined) throw new Superseded();
  };
  try {
    const own = { ...services, objects: correctedObjects(objects, whereCorrected(job, round)) };
    const said = { round: round.number, by: round.by.name, at: round.at };
    const bytes = await writeResults(job, own, look, said);
    await writeEnd(
      message,
      { number: round.number, at: new Date(clock.now()).toISOString(), ...(bytes !== undefined && { bytes }) },
      objects,
    );
    return { round: round.number, ...(bytes !== undefined && { bytes }) };
  } catch (error) {
    if (error instanceof Superseded) return 'not packaging';
    if (!(error instanceof Failure && (error.code === 'objectMissing' || error.code === 'objectCorrupt'))) throw error;
    await failRound(message, round.number, { code: error.code, message: error.message }, services);
    return { failed: error };
  }
}

/** The job and its newest round, where that is the message's. */
async function wanted(
  message: CorrectedMessage,
  { jobs, objects }: PackageServices,
): Promise<{ job: Job; round: CorrectedRound } | undefined> {
  const job = await jobs.get(message);
  const round = job && (await readRound(message, objects));
  const isOurs =
    job?.state === 'completed' &&
    job.generation === message.generation &&
    round?.generation === job.generation &&
    round.number === message.corrected;
  return isOurs ? { job, round } : undefined;
}
