import { useQuery } from '@tanstack/react-query';
import { archivedOfLab } from '../../client/archived.ts';
import type { LabView } from '../../functions/contract/lab.ts';
import { useService } from '../api/context.tsx';
import { loaded } from '../api/loaded.ts';
import { keys } from '../api/queries.ts';
import { Show } from '../components/show.tsx';
import { inBytes, inDollars, inNumbers } from '../format.ts';
import { strings } from '../strings.ts';

/** What is archived of the lab, what it costs, and what another plan of each person would cost. Nothing where nothing is. */
export function ArchiveCard({ people }: Pick<LabView, 'people'>) {
  const { call } = useService();
  const archived = loaded(
    useQuery({
      queryKey: keys.archive,
      queryFn: async ({ signal }) =>
        (await archivedOfLab((cursor) => call('listArchive', { query: { cursor }, signal }))) ?? null,
    }),
  );
  const nameOf = (id: string) => people.find((person) => person.id === id)?.email ?? id;
  if (archived.state === 'loading' || (archived.state === 'ready' && archived.data === null)) return null;
  return (
    <>
      <h2>{strings.archive}</h2>
      <Show what={archived}>
        {(lab) =>
          lab !== null && (
            <>
              <p>
                {strings.archivedOf(inNumbers(lab.jobs), inBytes(lab.bytes))}
                {lab.cost !== undefined &&
                  ` ${strings.archiveCosts(inDollars(lab.cost.month), inDollars(lab.cost.liveMonth))}`}
              </p>
              <ul className="jobs shared">
                {lab.people.map(({ id, jobs, bytes, cost }) => (
                  <li key={id}>
                    <span className="job-name">{nameOf(id)}</span>
                    <span className="soft">
                      {strings.archivedOf(inNumbers(jobs), inBytes(bytes))}
                      {cost !== undefined &&
                        ` ${strings.restoreCosts(inDollars(cost.restore), inDollars(cost.slowRestore))}`}
                    </span>
                  </li>
                ))}
              </ul>
              {lab.prices !== undefined && (
                <p className="soft">{strings.archivePrices(lab.prices.of, lab.prices.date)}</p>
              )}
            </>
          )
        }
      </Show>
    </>
  );
}
