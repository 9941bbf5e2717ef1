import { CloudWatchLogsClient, ResourceNotFoundException } from '@aws-sdk/client-cloudwatch-logs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { logGroupsOf } from '../../../cli/deploy/log-groups.ts';
import { type LogLine, logReader } from '../../../cli/deploy/log-reader.ts';

interface Line {
  eventId: string;
  timestamp: number;
  message: string;
}

/** What each group holds, as CloudWatch answers: by time, a page of two at a time. */
let groups: Record<string, Line[]>;
let asked: { group: string; startTime: number }[];
const client = new CloudWatchLogsClient({ region: 'eu-central-1' });
client.middlewareStack.add(
  (_next) => async (args) => {
    const {
      logGroupName,
      startTime,
      nextToken = '0',
    } = args.input as {
      logGroupName: string;
      startTime: number;
      nextToken?: string;
    };
    asked.push({ group: logGroupName, startTime });
    const lines = groups[logGroupName];
    if (lines === undefined) throw new ResourceNotFoundException({ message: 'no group', $metadata: {} });
    const from = Number(nextToken);
    const found = lines.filter(({ timestamp }) => timestamp >= startTime).sort((a, b) => a.timestamp - b.timestamp);
    const output = {
      events: found.slice(from, from + 2),
      ...(found.length > from + 2 && { nextToken: String(from + 2) }),
    };
    return { output: { ...output, $metadata: {} }, response: {} };
  },
  { step: 'initialize', name: 'answers' },
);

const line = (timestamp: number, message: string): Line => ({ eventId: `${timestamp}-${message}`, timestamp, message });
const texts = async (lines: AsyncIterable<LogLine>) => {
  const all: string[] = [];
  for await (const { stage, text } of lines) all.push(`${stage} ${text}`);
  return all;
};

beforeEach(() => {
  asked = [];
  groups = { '/aws/lambda/lab-api': [], '/aws/lambda/lab-zip': [] };
});
const functions = logGroupsOf({ functions: { api: 'lab-api', zip: 'lab-zip' } });
const api = (...lines: Line[]) => groups['/aws/lambda/lab-api']!.push(...lines);
const zip = (...lines: Line[]) => groups['/aws/lambda/lab-zip']!.push(...lines);

describe('the logs of several functions', () => {
  it('are one sequence by time, over all pages', async () => {
    api(line(1000, 'a'), line(3000, 'c'), line(5000, 'e'));
    zip(line(2000, 'b\n'), line(4000, 'd'), line(6000, 'f'));
    const read = logReader(client, functions, { since: 0 });
    expect(await texts(read())).toEqual(['api a', 'zip b', 'api c', 'zip d', 'api e', 'zip f']);
  });

  it('show a line of a slower group that is older than what another group has shown', async () => {
    const read = logReader(client, functions, { since: 0 });
    api(line(100_000, 'quick'));
    expect(await texts(read())).toEqual(['api quick']);
    zip(line(50, 'slow'));
    expect(await texts(read())).toEqual(['zip slow']);
  });

  it('show a line that comes a minute late in its own group, and none twice', async () => {
    const read = logReader(client, functions, { since: 0 });
    api(line(100_000, 'new'));
    await texts(read());
    api(line(41_000, 'late'), line(100_000, 'same time'));
    expect(await texts(read())).toEqual(['api late', 'api same time']);
    expect(await texts(read())).toEqual([]);
  });

  it('hold the ids of a minute alone, however long they are followed', async () => {
    const read = logReader(client, functions, { since: 0 });
    api({ ...line(10_000, 'first'), eventId: 'of long ago' }, { ...line(100_000, 'second'), eventId: 'of just now' });
    expect(await texts(read())).toEqual(['api first', 'api second']);
    api({ ...line(70_000, 'forgotten'), eventId: 'of long ago' }, { ...line(70_000, 'known'), eventId: 'of just now' });
    expect(await texts(read())).toEqual(['api forgotten']);
  });

  it('are asked for from a minute before the newest line, not from the beginning', async () => {
    const read = logReader(client, functions, { since: 7000 });
    api(line(500_000, 'x'));
    await texts(read());
    asked = [];
    await texts(read());
    expect(asked).toEqual([
      { group: '/aws/lambda/lab-api', startTime: 440_000 },
      { group: '/aws/lambda/lab-zip', startTime: 7000 },
    ]);
  });

  it('have those of machines beside, where the stack has some', async () => {
    const machines = { logGroup: '/aws/batch/lab-large' };
    groups[machines.logGroup] = [line(2, 'worker')];
    api(line(1, 'a'));
    const read = logReader(client, logGroupsOf({ functions: { api: 'lab-api' }, machines }), { since: 0 });
    expect(await texts(read())).toEqual(['api a', 'large worker']);
  });

  it('are empty where a function has no group', async () => {
    api(line(1, 'a'));
    delete groups['/aws/lambda/lab-zip'];
    expect(await texts(logReader(client, functions, { since: 0 })())).toEqual(['api a']);
  });
});
