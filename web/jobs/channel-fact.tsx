import type { JobView } from '../../functions/contract/jobs.ts';
import { useFiles, useResults } from '../api/queries.ts';
import { channelInWords } from './channel-in-words.ts';

/** The channel of a job as its first image calls it, as soon as one is done. */
export function ChannelFact({ job }: { job: JobView }) {
  const done = useFiles(job, 'done');
  const first = done.state === 'ready' ? done.data[0]?.path : undefined;
  const results = useResults(job.id, first, { ready: first !== undefined });
  return channelInWords(job.settings.channel, results.state === 'ready' ? results.data.summary?.channel : undefined);
}
