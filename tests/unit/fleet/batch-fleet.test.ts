import { Readable } from 'node:stream';
import { BatchClient } from '@aws-sdk/client-batch';
import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from '@jest/globals';
import { HttpResponse } from '@smithy/core/protocols';
import { batchFleet } from '../../../functions/adapters/aws/batch-fleet.ts';
import { manualClock } from '../../support/manual-clock.ts';

interface World {
  waiting?: number;
  delayed?: number;
  /** Names of jobs by their status. */
  jobs?: Record<string, string[]>;
  spent?: number;
}

/** Machines of an account that answers so; `submitted`: sizes that were started. */
function fleetIn({ waiting = 0, delayed = 0, jobs = {}, spent = 0 }: World) {
  const submitted: string[] = [];
  const answering = (answer: (path: string, body: Record<string, never>) => object) => ({
    ...{ region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } },
    endpoint: 'http://127.0.0.1:9',
    requestHandler: {
      async handle({ path, body }: { path: string; body: Uint8Array }) {
        const text = JSON.stringify(answer(path, JSON.parse(Buffer.from(body).toString())));
        const headers = { 'content-type': 'application/json' };
        return { response: new HttpResponse({ statusCode: 200, headers, body: Readable.from([Buffer.from(text)]) }) };
      },
    },
  });
  const batch = new BatchClient(
    answering((path, body: { jobStatus?: string; jobName?: string }) => {
      if (path === '/v1/submitjob') {
        submitted.push(body.jobName!);
        return { jobId: 'id', jobName: body.jobName };
      }
      return { jobSummaryList: (jobs[body.jobStatus!] ?? []).map((jobName) => ({ jobId: 'id', jobName })) };
    }) as never,
  );
  const Attributes = {
    ApproximateNumberOfMessages: String(waiting),
    ApproximateNumberOfMessagesDelayed: String(delayed),
  };
  const sqs = new SQSClient(answering(() => ({ Attributes })) as never);
  const fleet = batchFleet({
    ...{ batch, sqs, clock: manualClock(), jobQueue: 'jobs', jobDefinition: 'worker' },
    ...{ most: 4, monthlyLimit: 20, queue: 'http://127.0.0.1:9/large' },
    spending: { spent: async () => spent },
  });
  return { fleet, submitted };
}

describe('machines of Batch', () => {
  it.each<[string, World, Parameters<ReturnType<typeof fleetIn>['fleet']['ensure']>[0], string[]]>([
    ['none where nothing waits', {}, {}, []],
    ['one for what was sent just now, which SQS does not count yet', {}, { sent: 1 }, ['large-4']],
    ['one for four images', { waiting: 5, delayed: 4 }, {}, ['large-4', 'large-4', 'large-4']],
    ['never more than the most', { waiting: 1000 }, {}, ['large-4', 'large-4', 'large-4', 'large-4']],
    [
      'none where enough are on their way',
      { waiting: 8, jobs: { SUBMITTED: ['large-4'], RUNNING: ['large-8'] } },
      {},
      [],
    ],
    [
      'one that is large enough, whatever smaller ones there are',
      { waiting: 1, jobs: { RUNNING: ['large-4'] } },
      { memoryMb: 20_000 },
      ['large-8'],
    ],
    ['the largest', { waiting: 1 }, { memoryMb: 73_728 }, ['large-16']],
    [
      'none over the most, though a larger one is needed',
      { waiting: 1, jobs: { RUNNABLE: ['large-4', 'large-4', 'large-4', 'large-4'] } },
      { memoryMb: 20_000 },
      [],
    ],
  ])('are started: %s', async (_, world, need, expected) => {
    const { fleet, submitted } = fleetIn(world);
    const report = await fleet.ensure(need);
    expect(submitted).toEqual(expected);
    expect(report).toMatchObject({ started: expected.length, paused: false });
  });

  it('are not started once the month has cost its limit, which is said', async () => {
    const { fleet, submitted } = fleetIn({ waiting: 8, spent: 20 });
    expect(await fleet.ensure()).toEqual({ waiting: 8, running: 0, started: 0, paused: true });
    expect(submitted).toEqual([]);
  });

  it('are refused for a plane that none can have', async () => {
    await expect(fleetIn({}).fleet.ensure({ memoryMb: 73_729 })).rejects.toThrow('no machine has 73729 MB for a plane');
  });
});
