import {
  type CloudWatchLogsClient,
  paginateFilterLogEvents,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';

/** Lines of `labdeploy worker --json`: of one image of a job, or of the end of each machine since a time in ms since 1970. */
type Lines = { event: 'worker.image'; job: string } | { event: 'worker.ended'; since: number };

/**
 * US dollars at list price that machines wrote into their log. One that dies writes no end, so that the sum of ends is
 * without its time. A group that is not there has no lines.
 */
export async function machineUsd(logGroupName: string, client: CloudWatchLogsClient, lines: Lines): Promise<number> {
  const wanted = {
    logGroupName,
    filterPattern: `"${'job' in lines ? lines.job : lines.event}"`,
    ...('since' in lines && { startTime: lines.since }),
  };
  let usd = 0;
  try {
    for await (const { events = [] } of paginateFilterLogEvents({ client }, wanted)) {
      for (const { message = '' } of events) {
        const line = JSON.parse(message) as { event?: string; job?: string; usd?: number };
        if (line.event === lines.event && (!('job' in lines) || line.job === lines.job)) usd += line.usd ?? 0;
      }
    }
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
  return usd;
}
