import { NativeSelect } from '@mantine/core';
import { useMemo } from 'react';
import type { JobView } from '../../functions/contract/jobs.ts';
import { useEveryJob, useJob } from '../api/queries.ts';
import { ScreenHeading } from '../components/heading.tsx';
import { Show } from '../components/show.tsx';
import { inTime } from '../format.ts';
import { objectsText } from '../jobs/objects-chosen.ts';
import { go, Link } from '../navigation.tsx';
import { againHref, compareHref, jobHref } from '../route.ts';
import { strings } from '../strings.ts';
import { CompareCounts } from './compare-counts.tsx';
import { JobImage } from './job-image.tsx';
import { linkedViews } from './linked-views.ts';
import { namedApart } from './named-apart.ts';
import { ofSameImages } from './same-images.ts';
import { words } from './words.ts';

interface CompareScreenProps {
  id: string;
  other: string | undefined;
  path: string | undefined;
}

/** Two jobs of the same images side by side: their settings, their counts, and one image with the objects of each. */
export function CompareScreen({ id, other, path }: CompareScreenProps) {
  const job = useJob(id);
  const jobs = useEveryJob();
  const name = job.state === 'ready' ? job.data.name : strings.job;
  return (
    <div className="viewer-screen">
      <p>
        <Link href={jobHref(id)}>← {strings.backToJob(name)}</Link>
      </p>
      <ScreenHeading>{words.compareTitle(name)}</ScreenHeading>
      <Show what={job}>
        {(first) => (
          <Show what={jobs}>
            {(all) => <Compared first={first} others={ofSameImages(first, all)} other={other} path={path} />}
          </Show>
        )}
      </Show>
    </div>
  );
}

interface ComparedProps extends Omit<CompareScreenProps, 'id'> {
  first: JobView;
  others: readonly JobView[];
}

function Compared({ first, others, other, path }: ComparedProps) {
  const second = others.find(({ id }) => id === other) ?? others[0];
  if (second === undefined)
    return (
      <>
        <p>{words.nothingToCompare}</p>
        {first.shared === undefined && (
          <p>
            <Link href={againHref(first.id)}>{strings.again}</Link>
          </p>
        )}
      </>
    );
  const [one, two] = namedApart(first, second);
  return (
    <>
      <p className="soft">{words.compareText}</p>
      <NativeSelect
        className="narrow-field"
        label={words.compareWith}
        value={second.id}
        data={others.map(({ id, name, createdAt }) => ({ value: id, label: words.madeAt(name, inTime(createdAt)) }))}
        onChange={(event) => go(compareHref(first.id, event.currentTarget.value, path), { replace: true })}
      />
      <CompareCounts
        first={one}
        second={two}
        path={path}
        onShow={(next) => go(compareHref(first.id, second.id, next), { replace: true })}
      />
      {path !== undefined && <SideBySide key={path} jobs={[one, two]} path={path} />}
    </>
  );
}

function SideBySide({ jobs, path }: { jobs: readonly JobView[]; path: string }) {
  const links = useMemo(linkedViews, []);
  return (
    <div className="compare">
      {jobs.map((job) => (
        <section key={job.id} aria-label={`${job.name}, ${path}`}>
          <h2>{job.name}</h2>
          <p className="soft">
            {strings.modelTitle(job.settings.model.name, job.settings.model.revision)},{' '}
            {objectsText(job.settings) ?? words.usualObjects}
          </p>
          <JobImage id={job.id} path={path} name={`${job.name}, ${path}`} links={links} />
        </section>
      ))}
    </div>
  );
}
