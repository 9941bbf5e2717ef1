import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import type { CommandContext } from '../context.ts';
import type { AwsAccount } from '../deploy/account.ts';
import { missingResources } from '../deploy/engine/drift.ts';
import { readOutputs } from '../deploy/outputs.ts';
import { queueDepth } from '../deploy/queue-depth.ts';
import { openStack, type StackOptions } from '../deploy/stack.ts';
import { probe } from '../deploy/wait-until-reachable.ts';
import type { StatusView } from '../io/stack-events.ts';

/** Does the service answer, what waits in its queues, which alarms ring, and was a part of it removed? */
export async function status(options: StackOptions, context: CommandContext): Promise<void> {
  await using stack = await openStack(options, context);
  const { name, account } = stack;
  const { url, queues, deadLetters, functions } = await readOutputs(stack);
  const [missing, trouble, depths, alarms] = await Promise.all([
    missingResources(stack, context),
    probe(`${url}/healthz`),
    Promise.all(Object.keys(queues).map((queue) => depthOf(queue, queues[queue]!, deadLetters[queue], account))),
    ringing(Object.values(functions), account),
  ]);
  context.io.emit('status.shown', {
    stack: name,
    url,
    ...(trouble !== undefined && { answers: trouble }),
    queues: depths.filter((each) => each !== undefined),
    missing,
    alarms,
  });
}

async function depthOf(
  queue: string,
  url: string,
  dead: string | undefined,
  account: AwsAccount,
): Promise<StatusView['queues'][number] | undefined> {
  const [live, given] = await Promise.all([
    queueDepth(url, account),
    dead === undefined ? undefined : queueDepth(dead, account),
  ]);
  return live && { queue, ...live, dead: given?.waiting ?? 0 }; // else it is among those that are missing
}

/** Alarms of this stack: they begin as its functions do. */
async function ringing(functions: readonly string[], { client }: AwsAccount): Promise<StatusView['alarms']> {
  const prefix = commonStart(functions);
  const { MetricAlarms = [] } = await new CloudWatchClient(client).send(
    new DescribeAlarmsCommand({ AlarmNamePrefix: prefix, StateValue: 'ALARM' }),
  );
  return MetricAlarms.map(({ AlarmName, StateReason }) => ({ name: AlarmName!, reason: StateReason ?? '' }));
}

/** `labdeploy-dev-` of `labdeploy-dev-api`, `labdeploy-dev-zip` …: what the lab called them, whatever the base name is. */
function commonStart(names: readonly string[]): string {
  let start = names[0] ?? '';
  for (const name of names) while (!name.startsWith(start)) start = start.slice(0, -1);
  return start;
}
