import type { JobView } from '../../functions/contract/jobs.ts';
import { Meter } from '../components/meter.tsx';
import { strings } from '../strings.ts';
import { shareDone } from './share-done.ts';
import { totalFiles, totalImages } from './total-files.ts';
import { useTimeLeft } from './use-time-left.ts';

export function ProcessProgress({ job }: { job: JobView }) {
  const { done, failed } = job.counts;
  const images = totalImages(job);
  const left = useTimeLeft(done + failed, images);
  const words =
    totalFiles(job) === 0
      ? strings.unpacking
      : job.state === 'packaging'
        ? strings.states.packaging
        : `${strings.doneOf(done, images)} · ${left}`;
  return <Meter label={strings.processProgress} value={shareDone(job)} text={words} />;
}
