import { awaits, type DataSetRef, noteTraining, withAdded } from '../../core/data-set.ts';
import { Failure } from '../../core/errors.ts';
import type { Messages, PredictMessage, TeachingMessage } from '../../core/messages.ts';
import { finishAndAdvance, sendNotice } from '../../jobs/advance.ts';
import { failRound } from '../../jobs/corrected-rounds.ts';
import type { Ports } from '../../ports/ports.ts';
import { sweep } from './descriptor.ts';
import { gaveUp, isCopy } from './gave-up.ts';

type DrainPorts = Pick<Ports, 'objects' | 'jobs' | 'queue' | 'clock' | 'dataSets'>;

/** Queues that it drains: those of jobs. */
export type Drained = (typeof sweep.drains)[number] | 'large';

/** What a message that was delivered too often means for its job. */
const endJobOf: { [Q in Drained]: (body: Messages[Q], ports: DrainPorts) => Promise<unknown> } = {
  files: failImage,
  large: (body, ports) => ('path' in body ? failImage(body, ports) : failTraining(body, body.trainingOf, ports)),
  async teaching(body, ports) {
    if (body.kind === 'add') return failAdded(body, ports);
    if (body.kind === 'train') return failTraining(body, body.askedAt, ports);
    return undefined; // a zip is asked for again
  },
  async unzip(body, { jobs, queue }) {
    const job = await jobs.get(body);
    if (job?.sealed !== false) return;
    await jobs.fail(
      body,
      gaveUp(isCopy(job) ? 'the images could not be copied' : 'the zip could not be unpacked'),
      job.generation,
    );
    await sendNotice(job, queue);
  },
  async zips(body, ports) {
    const { jobs, queue } = ports;
    const failure = gaveUp('the results could not be packaged');
    if (body.corrected !== undefined) return failRound(body, body.corrected, failure, ports);
    await jobs.fail(body, failure, body.generation);
    await sendNotice(body, queue);
  },
  /** Nothing: each of its attempts was trouble that the log has, and the job itself is well. */
  async notices() {},
  /** Nothing: sweep looks at the job again, as long as its storage waits. */
  async cold() {},
  /** An image may wait for it: it is tried again, until nothing waits any more. */
  answers: (body, { queue }) => queue.send('answers', [body]),
};

/** Ends what each dead letter of a queue was of, and acknowledges the letter. */
export async function drain<Q extends Drained>(
  queue: Q,
  ports: DrainPorts,
  report: { dead: number },
  errors: unknown[],
) {
  for (;;) {
    const letters = await ports.queue.receiveDead(queue, { max: 10, visibilitySeconds: sweep.timeoutSeconds });
    if (letters.length === 0) return;
    for (const { body, receipt } of letters) {
      try {
        await endJobOf[queue](body, ports).catch(ignoreMissingJob);
        await ports.queue.acknowledgeDead(queue, [receipt]);
        report.dead++;
      } catch (error) {
        errors.push(error);
      }
    }
  }
}

/** A job that was deleted needs nothing any more. */
function ignoreMissingJob(error: unknown): void {
  if (!(error instanceof Failure && error.code === 'jobMissing')) throw error;
}

async function failImage(body: PredictMessage, ports: DrainPorts): Promise<void> {
  const failure = gaveUp('the image could not be processed');
  if (body.corrected !== undefined) return failRound(body, body.corrected.round, failure, ports);
  await finishAndAdvance(body, body.path, { state: 'failed', failure }, ports);
}

async function failTraining(ref: DataSetRef, askedAt: number, { dataSets, clock }: DrainPorts): Promise<void> {
  const news = { state: 'failed' as const, failure: gaveUp('the model could not be taught'), endedAt: clock.now() };
  await dataSets?.change(ref, (each) => (each.training?.askedAt === askedAt ? noteTraining(each, news) : undefined));
}

async function failAdded(
  { owner, id, job, path }: TeachingMessage & { kind: 'add' },
  { dataSets, clock }: DrainPorts,
): Promise<void> {
  const added = { job, path, askedAt: clock.now(), failure: gaveUp('the image could not be copied') };
  await dataSets?.change({ owner, id }, (each) => (awaits(each, added) ? withAdded(each, added) : undefined));
}
