import { setTimeout as wait } from 'node:timers/promises';
import { CloudWatchLogsClient, type FilteredLogEvent, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import type { CommandContext } from '../context.ts';
import { accessError } from '../deploy/account.ts';
import { readOutputs } from '../deploy/outputs.ts';
import { openStack, type StackOptions } from '../deploy/stack.ts';
import { UserError } from '../errors.ts';

export interface LogsOptions extends StackOptions {
  /** One function; absent: all of them. */
  stage?: string;
  /** Id of a job: only lines that name it. */
  job?: string;
  follow?: boolean;
  /** Minutes to look back. */
  since: number;
}

const followEveryMs = 2000;

/** Shows what the functions of a stack wrote, oldest first; with `follow` until Ctrl-C. */
export async function logs(options: LogsOptions, context: CommandContext): Promise<void> {
  await using stack = await openStack(options, context);
  const { functions } = await readOutputs(stack);
  const client = new CloudWatchLogsClient(stack.account.client);
  const stages = options.stage === undefined ? Object.keys(functions) : [options.stage];
  const unknown = stages.find((stage) => functions[stage] === undefined);
  if (unknown !== undefined) {
    throw new UserError('usage', {
      detail: `no stage ${unknown}: there are ${Object.keys(functions).join(', ')}`,
      command: 'logs',
    });
  }
  const { signal, io } = context;
  let since = Date.now() - options.since * 60_000;
  const shown = new Set<string>();
  try {
    do {
      const lines: { stage: string; event: FilteredLogEvent }[] = [];
      for (const stage of stages) {
        const group = `/aws/lambda/${functions[stage]}`;
        for await (const event of linesOf(client, group, since, options.job)) {
          if (!shown.has(event.eventId!)) lines.push({ stage, event });
        }
      }
      lines.sort((a, b) => a.event.timestamp! - b.event.timestamp!);
      for (const { stage, event } of lines) {
        shown.add(event.eventId!);
        since = Math.max(since, event.timestamp!); // a line of the same millisecond may still come
        io.emit('logs.line', {
          time: new Date(event.timestamp!).toISOString(),
          stage,
          text: (event.message ?? '').trimEnd(),
        });
      }
      if (lines.length === 0 && !options.follow) io.emit('logs.none', { stage: options.stage ?? 'every stage' });
      if (options.follow) await wait(followEveryMs, undefined, { signal }).catch(() => {});
    } while (options.follow && !signal.aborted);
  } catch (error) {
    throw accessError(error, stack.account.region) ?? error;
  }
}

async function* linesOf(
  client: CloudWatchLogsClient,
  logGroupName: string,
  startTime: number,
  job: string | undefined,
): AsyncGenerator<FilteredLogEvent> {
  const wanted = { logGroupName, startTime, ...(job !== undefined && { filterPattern: `"${job}"` }) };
  for await (const { events = [] } of paginateFilterLogEvents({ client }, wanted)) yield* events;
}
