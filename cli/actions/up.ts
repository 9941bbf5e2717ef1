import { setTimeout as wait } from 'node:timers/promises';
import { inviteFirstAdmin } from '../../functions/runtime/stack-accounts.ts';
import type { CommandContext } from '../context.ts';
import { assertFree } from '../deploy/engine/lock-files.ts';
import { type PlannedChange, runOperation } from '../deploy/engine/run-operation.ts';
import { resourceOf } from '../deploy/engine/urn.ts';
import { readOutputs } from '../deploy/outputs.ts';
import { type OpenStack, openStack, type StackOptions } from '../deploy/stack.ts';
import { probe } from '../deploy/wait-until-reachable.ts';
import { UserError } from '../errors.ts';
import type { ChangeView } from '../io/deploy-events.ts';

export interface UpOptions extends StackOptions {
  /** E-mail address of the first administrator. */
  admin?: string;
  /** False: do not wait until the page answers. */
  wait: boolean;
}

/** A new distribution can take a quarter of an hour to be known everywhere; most answer after a minute or two. */
const answersWithinMs = 15 * 60_000;
const askEveryMs = 3000;

/** Makes a stack, or brings it up to date. Safe to repeat after any interruption: it goes on from what is there. */
export async function up(options: UpOptions, context: CommandContext): Promise<void> {
  const { io, signal } = context;
  const started = performance.now();
  await using stack = await openStack(options, context, 'make');
  tellStart(stack, context);
  await assertFree(stack, context);
  const { changes } = await runOperation(stack, 'preview', io, { signal, command: 'up' });
  if (changes.length > 0) {
    io.emit('deploy.plan', { stack: stack.name, changes: changes.map(viewOf) });
    if (!(await context.confirm(`Make these changes to ${stack.name}?`)))
      throw new UserError('declined', { command: 'up' });
    await runOperation(stack, 'up', io, { signal, planned: changes });
  }
  const outputs = await readOutputs(stack);
  if (options.wait) await untilItAnswers(outputs.url, context);
  const { admin } = options;
  const pool = { client: stack.account.client, userPoolId: outputs.userPoolId };
  const invited = admin !== undefined && (await inviteFirstAdmin(pool, admin));
  io.emit('up.done', {
    stack: stack.name,
    url: outputs.url,
    changed: changes.length,
    seconds: (performance.now() - started) / 1000,
    ...(invited && { invited: admin }),
    outputs: { ...outputs },
  });
}

/** Says what `up` would do; changes nothing. */
export async function preview(options: StackOptions, context: CommandContext): Promise<void> {
  await using stack = await openStack(options, context, 'imagine');
  tellStart(stack, context);
  const { changes } = await runOperation(stack, 'preview', context.io, { signal: context.signal });
  context.io.emit('preview.done', { stack: stack.name, changes: changes.map(viewOf) });
}

function tellStart({ name, account }: OpenStack, { io }: CommandContext): void {
  io.emit('deploy.started', { stack: name, account: account.id, region: account.region, as: account.arn });
}

const viewOf = ({ urn, type, op, properties }: PlannedChange): ChangeView => ({
  op,
  resource: resourceOf(urn),
  type,
  ...(properties !== undefined && { properties }),
});

/** Both the page and the API behind it. */
async function untilItAnswers(url: string, { io, signal }: CommandContext): Promise<void> {
  const started = Date.now();
  for (let trouble = ''; ; ) {
    trouble = (await probe(`${url}/`)) ?? (await probe(`${url}/healthz`)) ?? '';
    if (trouble === '') return;
    const elapsed = Date.now() - started;
    if (elapsed > answersWithinMs) throw new UserError('notAnswering', { url, detail: trouble });
    io.emit('deploy.waiting', { url, seconds: elapsed / 1000 });
    await wait(askEveryMs, undefined, { signal }).catch(() => {
      throw new UserError('interrupted', { next: 'the service is deployed; labdeploy up shows its address' });
    });
  }
}
