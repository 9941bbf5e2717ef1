import { setTimeout as wait } from 'node:timers/promises';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { CommandContext } from '../context.ts';
import { logGroupsOf } from '../deploy/log-groups.ts';
import { logReader } from '../deploy/log-reader.ts';
import { readOutputs } from '../deploy/outputs.ts';
import { openStack, type StackOptions } from '../deploy/stack.ts';
import { UserError } from '../errors.ts';

export interface LogsOptions extends StackOptions {
  /** One function, or `large`: the machines; absent: all of them. */
  stage?: string;
  /** Id of a job: only lines that name it. */
  job?: string;
  follow?: boolean;
  /** Minutes to look back. */
  since: number;
}

const followEveryMs = 2000;

/** Shows what the functions and machines of a stack wrote, oldest first; with `follow` until Ctrl-C. */
export async function logs(options: LogsOptions, context: CommandContext): Promise<void> {
  await using stack = await openStack(options, context);
  const groups = logGroupsOf(await readOutputs(stack));
  const { stage, job, follow = false } = options;
  const { signal, io } = context;
  const client = new CloudWatchLogsClient(stack.account.client);
  const since = Date.now() - options.since * 60_000;
  const read = logReader(client, chosen(groups, stage), { since, ...(job !== undefined && { job }) });
  let lines = 0;
  do {
    for await (const line of read()) {
      lines++;
      io.emit('logs.line', { ...line, time: new Date(line.time).toISOString() });
    }
    if (lines === 0 && !follow) io.emit('logs.none', { stage: stage ?? 'every stage' });
    if (follow) await wait(followEveryMs, undefined, { signal }).catch(() => {}); // the loop ends with the signal
  } while (follow && !signal.aborted);
}

function chosen(groups: Readonly<Record<string, string>>, stage: string | undefined): Record<string, string> {
  if (stage === undefined) return groups;
  const group = groups[stage];
  if (group !== undefined) return { [stage]: group };
  const detail = `no stage ${stage}: there are ${Object.keys(groups).join(', ')}`;
  throw new UserError('usage', { detail, command: 'logs' });
}
