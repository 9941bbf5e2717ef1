import type { ReactNode } from 'react';
import type { JobView } from '../../functions/contract/jobs.ts';
import { usualPlaneMode } from '../../functions/core/plane-mode.ts';
import { inBytes, inTime } from '../format.ts';
import { Link } from '../navigation.tsx';
import { jobHref } from '../route.ts';
import { strings } from '../strings.ts';
import { ChannelFact } from './channel-fact.tsx';
import { measuresText } from './measures.ts';
import { objectsText } from './objects-chosen.ts';

/** What was asked for. Of a job of another owner not what it was made from: that is not shared with it. */
export function JobFacts({ job }: { job: JobView }) {
  const { settings } = job;
  const measures = measuresText(settings);
  const objects = objectsText(settings);
  return (
    <dl className="facts">
      {job.from !== undefined && job.shared === undefined && (
        <Fact name={strings.againOf} value={<Link href={jobHref(job.from.job)}>{strings.againJob}</Link>} />
      )}
      <Fact name={strings.jobFacts.model} value={strings.modelTitle(settings.model.name, settings.model.revision)} />
      <Fact name={strings.jobFacts.channel} value={<ChannelFact job={job} />} />
      {settings.axes !== undefined && <Fact name={strings.jobFacts.axes} value={settings.axes} />}
      <Fact name={strings.jobFacts.planes} value={strings.planeModes[settings.planes ?? usualPlaneMode]} />
      {objects !== undefined && <Fact name={strings.jobFacts.objects} value={objects} />}
      {measures !== undefined && <Fact name={strings.jobFacts.measures} value={measures} />}
      <Fact name={strings.jobFacts.size} value={inBytes(job.bytes)} />
      <Fact name={strings.jobFacts.begun} value={inTime(job.createdAt)} />
      <Fact name={strings.jobFacts.changed} value={inTime(job.changedAt)} />
    </dl>
  );
}

const Fact = ({ name, value }: { name: string; value: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);
