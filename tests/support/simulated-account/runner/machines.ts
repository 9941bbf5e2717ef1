import {
  BatchClient,
  DescribeJobDefinitionsCommand,
  DescribeJobQueuesCommand,
  type JobDefinition,
  type JobSummary,
  ListJobsCommand,
} from '@aws-sdk/client-batch';
import { type Finished, startCli } from '../../cli.ts';
import type { Authoriser } from '../authoriser/authoriser.ts';
import { clientSettings, region } from '../clients.ts';
import { writesLog } from './function-log.ts';

export interface MachineEnd extends Finished {
  /** Of the job. */
  name: string;
}

/** Jobs of AWS Batch, which moto keeps and nobody runs. */
export interface Machines {
  /** Those that wait for a machine. */
  waiting(): Promise<JobSummary[]>;
  /** Runs them, all at once and each to its end, as their definitions say. */
  run(): Promise<MachineEnd[]>;
  close(): void;
}

/**
 * Plays Fargate for the account's jobs: labdeploy with the command, variables and role of the definition, instead of its
 * image; what it says goes to the definition's log with the rights of the role that starts it.
 */
export function batchMachines(motoUrl: string, authoriser: Authoriser): Machines {
  const batch = new BatchClient(clientSettings(motoUrl));
  const report = async (jobId: string, status: string) => {
    const answer = await fetch(`${motoUrl}/batch-jobs/${jobId}?${status}`, { method: 'POST' });
    if (!answer.ok) throw new Error(`moto answered ${answer.status} to the job ${jobId}`);
  };
  const waiting = async (): Promise<JobSummary[]> => {
    const { jobQueues = [] } = await batch.send(new DescribeJobQueuesCommand({}));
    const lists = jobQueues.map(async ({ jobQueueArn }) => {
      const asked = { jobQueue: jobQueueArn, jobStatus: 'RUNNABLE' as const };
      return (await batch.send(new ListJobsCommand(asked))).jobSummaryList ?? [];
    });
    return (await Promise.all(lists)).flat();
  };
  const definitionOf = async ({ jobDefinition }: JobSummary): Promise<JobDefinition> => {
    const asked = new DescribeJobDefinitionsCommand({ jobDefinitions: [jobDefinition!] });
    return (await batch.send(asked)).jobDefinitions![0]!;
  };

  const runJob = async (job: JobSummary): Promise<MachineEnd> => {
    const { containerProperties } = await definitionOf(job);
    const { command = [], environment = [], jobRoleArn, executionRoleArn, logConfiguration } = containerProperties!;
    const credentials = await authoriser.assume(jobRoleArn!, 'ecs-tasks.amazonaws.com');
    const starter = await authoriser.assume(executionRoleArn!, 'ecs-tasks.amazonaws.com');
    const LogGroup = logConfiguration!.options!['awslogs-group'];
    await using log = writesLog({ LoggingConfig: { LogGroup } }, authoriser.url, starter);
    const { child, finished } = startCli([...command, '--idle', '1'], {
      env: {
        ...Object.fromEntries(environment.map(({ name, value }) => [name!, value])),
        ...{ AWS_REGION: region, AWS_ENDPOINT_URL: authoriser.url, AWS_BATCH_JOB_ID: job.jobId },
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_SESSION_TOKEN: credentials.sessionToken,
      },
    });
    child.stdout!.on('data', (text: string) => log.write(Buffer.from(text)));
    await report(job.jobId!, 'RUNNING');
    const end = await finished;
    await report(job.jobId!, end.code === 0 ? 'SUCCEEDED' : 'FAILED');
    return { ...end, name: job.jobName! };
  };

  return {
    waiting,
    run: async () => Promise.all((await waiting()).map(runJob)),
    close: () => batch.destroy(),
  };
}
