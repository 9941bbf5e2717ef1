import { useMemo } from 'react';
import type { JobView } from '../../functions/contract/jobs.ts';
import { useResults, useText } from '../api/queries.ts';
import { Chunk } from '../components/chunk.tsx';
import { Show } from '../components/show.tsx';
import { strings } from '../strings.ts';
import { summaryColumns } from './summary-columns.ts';

const measurements = async () => (await import('../image/measurements.tsx')).Measurements;

/** The tables of the whole job: a row an image, with its histogram, and downloads. */
export function JobTables({ job }: { job: JobView }) {
  const results = useResults(job.id, undefined);
  const { positive } = job.settings;
  const { first, best } = useMemo(() => summaryColumns(positive ?? []), [positive]);
  const { failed, leftOut } = job.counts;
  const files = (results.state === 'ready' ? results.data.files : []).filter(
    ({ kind }) => kind !== 'errors.csv' || failed + leftOut > 0, // else it has no row
  );
  const text = useText(files.find(({ kind }) => kind === 'summary.csv')?.request.url);
  return (
    <section>
      <h2>{strings.jobSummary}</h2>
      <Show what={results}>
        {() => (
          <ul className="row plain">
            {files.map(({ kind, request }) => (
              <li key={kind}>
                <a href={request.url} download="">
                  {strings.kinds[kind]}
                </a>
              </li>
            ))}
          </ul>
        )}
      </Show>
      <Show what={text}>
        {(csv) => (
          <Chunk load={measurements} props={{ csv, unit: strings.images, label: strings.jobSummary, first, best }} />
        )}
      </Show>
    </section>
  );
}
