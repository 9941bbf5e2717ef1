import type { JobView } from '../../functions/contract/jobs.ts';
import { isActive } from './is-active.ts';

/** Which jobs have ended while this tab was open, each end once. */
export class EndedJobs {
  readonly #running = new Set<string>();
  readonly #told = new Set<string>();

  /**
   * Looks at the list again. A short job can begin and end between two looks: `isBegunHere` says which were begun in this
   * tab, whether the list had them running or not.
   */
  look(list: readonly JobView[], isBegunHere: (id: string) => boolean): JobView[] {
    const ended = list.filter(
      (job) =>
        (job.state === 'completed' || job.state === 'failed') &&
        (this.#running.has(job.id) || isBegunHere(job.id)) &&
        !this.#told.has(roundOf(job)),
    );
    for (const job of ended) this.#told.add(roundOf(job));
    this.#running.clear();
    for (const job of list) if (isActive(job)) this.#running.add(job.id);
    return ended;
  }
}

/** A job that is retried ends again. */
const roundOf = ({ id, generation }: JobView): string => `${id} ${generation}`;
