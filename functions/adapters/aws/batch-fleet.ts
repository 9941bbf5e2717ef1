import { type BatchClient, type JobStatus, ListJobsCommand, SubmitJobCommand } from '@aws-sdk/client-batch';
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import {
  largestPlaneMb,
  type MachineSize,
  machineSizes,
  monthOf,
  planeMbOf,
  sizeFor,
} from '../../core/machine-sizes.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Fleet, FleetReport, Spending } from '../../ports/fleet.ts';
import { activeJobs, type FleetEnvironment } from '../../stack/fleet-environment.ts';

export interface BatchFleetOptions
  extends Pick<FleetEnvironment, 'jobQueue' | 'jobDefinition' | 'most' | 'monthlyLimit'> {
  batch: BatchClient;
  sqs: SQSClient;
  /** URL of the queue `large`. */
  queue: string;
  spending: Pick<Spending, 'spent'>;
  clock: Clock;
}

/** Images that wait for one machine before another is started: to start one takes as long as a few images. */
const imagesAMachine = 4;

const jobNameOf = ({ vcpus }: MachineSize): string => `large-${vcpus}`;

/**
 * Machines as jobs of AWS Batch, which ends each of them with its process. Nothing but Batch and SQS knows how many
 * there are or are needed, so that no count of ours can be wrong.
 */
export function batchFleet(options: BatchFleetOptions): Fleet {
  const { batch, sqs, jobQueue, jobDefinition, most, monthlyLimit, queue, spending, clock } = options;

  const counted = async (): Promise<number> => {
    const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesDelayed'] as const;
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queue, AttributeNames: [...names] }),
    );
    return names.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
  };
  /** Names of the jobs there are: each says its size. */
  const running = async (): Promise<string[]> => {
    const lists = await Promise.all(activeJobs.map((jobStatus) => listed(batch, jobQueue, jobStatus)));
    return lists.flat();
  };
  const start = async (size: MachineSize) => {
    const resourceRequirements = [
      { type: 'VCPU' as const, value: String(size.vcpus) },
      { type: 'MEMORY' as const, value: String(size.memoryMb) },
    ];
    await batch.send(
      new SubmitJobCommand({
        ...{ jobName: jobNameOf(size), jobQueue, jobDefinition, propagateTags: true },
        containerOverrides: { resourceRequirements },
      }),
    );
  };

  return {
    planeMb: largestPlaneMb,
    async ensure({ memoryMb, sent = 0 } = {}): Promise<FleetReport> {
      const size = sizeFor(memoryMb);
      if (size === undefined) throw new RangeError(`no machine has ${memoryMb} MB for a plane`);
      const [seen, names] = await Promise.all([counted(), running()]);
      const waiting = Math.max(seen, sent);
      const report = { waiting, running: names.length, started: 0, paused: false };
      const fitting = machineSizes.filter((each) => planeMbOf(each) >= planeMbOf(size)).map(jobNameOf);
      const large = names.filter((name) => fitting.includes(name)).length;
      const wanted = Math.ceil(waiting / imagesAMachine);
      const missing = Math.min(Math.max(wanted - large, 0), most - names.length);
      if (missing <= 0) return report;
      if ((await spending.spent(monthOf(clock.now()))) >= monthlyLimit) return { ...report, paused: true };
      for (let i = 0; i < missing; i++) await start(size);
      return { ...report, started: missing };
    },
  };
}

async function listed(batch: BatchClient, jobQueue: string, jobStatus: JobStatus): Promise<string[]> {
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await batch.send(new ListJobsCommand({ jobQueue, jobStatus, nextToken }));
    names.push(...(page.jobSummaryList ?? []).map(({ jobName }) => jobName ?? ''));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return names;
}
