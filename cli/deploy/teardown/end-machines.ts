import { BatchClient, paginateListJobs, TerminateJobCommand } from '@aws-sdk/client-batch';
import { activeJobs } from '../../../functions/stack/fleet-environment.ts';
import type { AwsAccount } from '../account.ts';
import type { StateResource } from '../engine/engine-state.ts';

/** Ends what the stack's queue of Batch runs, or is about to: what it runs on cannot be removed before. */
export async function endMachines(resources: readonly StateResource[], { client }: AwsAccount): Promise<void> {
  const jobQueue = resources.find(({ type }) => type === 'aws:batch/jobQueue:JobQueue')?.id;
  if (jobQueue === undefined) return;
  const batch = new BatchClient(client);
  for (const jobStatus of activeJobs) {
    for await (const { jobSummaryList = [] } of paginateListJobs({ client: batch }, { jobQueue, jobStatus })) {
      for (const { jobId } of jobSummaryList) {
        await batch.send(new TerminateJobCommand({ jobId, reason: 'labdeploy destroy' }));
      }
    }
  }
}
