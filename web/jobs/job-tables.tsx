import { useMemo } from 'react';
import type { JobView } from '../../functions/contract/jobs.ts';
import { useTables, useText } from '../api/queries.ts';
import { Chunk } from '../components/chunk.tsx';
import { Show } from '../components/show.tsx';
import { strings } from '../strings.ts';
import { summaryColumns } from './summary-columns.ts';

const comparison = async () => (await import('../comparison/comparison.tsx')).Comparison;
const measurements = async () => (await import('../image/measurements.tsx')).Measurements;

/** The tables of the whole job: a row an image, with its histogram, and downloads. */
export function JobTables({ job }: { job: JobView }) {
  const results = useTables(job);
  const { positive: rules } = job.settings;
  const { first, best } = useMemo(() => summaryColumns(rules ?? []), [rules]);
  const { failed, leftOut } = job.counts;
  const files = (results.state === 'ready' ? results.data.files : []).filter(
    ({ kind }) => kind !== 'errors.csv' || failed + leftOut > 0, // else it has no row
  );
  const urlOf = (wanted: string) => files.find(({ kind }) => kind === wanted)?.request.url;
  const text = useText(urlOf('summary.csv'));
  const regions = useText(urlOf('regions.csv'));
  const regionsCsv = regions.state === 'ready' ? regions.data : undefined;
  const summaryCsv = text.state === 'ready' ? text.data : undefined;
  const texts = useMemo(
    () => (summaryCsv === undefined ? undefined : { summary: summaryCsv, regions: regionsCsv, rules }),
    [summaryCsv, regionsCsv, rules],
  );
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
      {texts !== undefined && job.counts.done > 1 && (
        <>
          <h2>{strings.comparison.title}</h2>
          <Chunk load={comparison} props={{ texts }} />
        </>
      )}
    </section>
  );
}
