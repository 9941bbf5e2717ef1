import { type DataSetRef, noteTraining, withAdded } from '../core/data-set.ts';
import { dataSetPrefix } from '../core/object-keys.ts';
import { hasAccepted } from '../jobs/accepted-planes.ts';
import { zipRefOf } from '../jobs/data-set-card.ts';
import type { DataSets, Teacher } from '../ports/data-sets.ts';
import type { Ports } from '../ports/ports.ts';

/** SQS delays for no longer; so long the function may work that copies an image. */
const spareSeconds = 900;

/** Has others do what takes its time: the stage teach, and machines that it starts. */
export function queuedTeacher({
  dataSets,
  objects,
  queue,
  clock,
}: Pick<Ports, 'objects' | 'queue' | 'clock'> & { dataSets: DataSets }): Teacher {
  const stop = async (ref: DataSetRef): Promise<void> => {
    await dataSets.change(ref, (each) => noteTraining(each, { state: 'stopped', endedAt: clock.now() }));
  };
  return {
    async add({ owner, id }, job, path) {
      if (!(await hasAccepted({ owner: job.owner, id: job.id, path }, objects))) return 'nothingAccepted';
      const message = { kind: 'add' as const, owner, id, job: job.id, path };
      const added = { job: job.id, path, askedAt: clock.now() };
      await queue.send('teaching', [message], { delaySeconds: spareSeconds }); // who dies before the next leaves nothing that waits for ever
      const after = await dataSets.change({ owner, id }, (each) => withAdded(each, added));
      if (after !== undefined) await queue.send('teaching', [message]);
      return after;
    },
    async zip(dataSet) {
      const made = await objects.head(zipRefOf(dataSet));
      const { owner, id } = dataSet;
      if (made === undefined) await queue.send('teaching', [{ kind: 'zip', owner, id }]);
      return made?.bytes;
    },
    async begin({ owner, id, training }) {
      try {
        await queue.send('teaching', [{ kind: 'train', owner, id, askedAt: training!.askedAt }]);
      } catch (error) {
        const failure = { code: 'trainingFailed', message: 'no machine could be asked for' };
        const news = { state: 'failed' as const, failure, endedAt: clock.now() };
        await dataSets.change({ owner, id }, (each) => noteTraining(each, news));
        throw error;
      }
    },
    stop,
    async forget(ref) {
      await stop(ref);
      await objects.removeAll('datasets', dataSetPrefix(ref));
    },
  };
}
