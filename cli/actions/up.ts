import { setTimeout as wait } from 'node:timers/promises';
import { troubleOf } from '../deploy/answering.ts';
import { inviteFirstAdmin } from '../deploy/first-admin.ts';
import { assertFree } from '../deploy/lock-files.ts';
import { operate, type PlannedChange } from '../deploy/operate.ts';
import { readOutputs } from '../deploy/outputs.ts';
import { type OpenStack, openStack, type StackOptions } from '../deploy/stack.ts';
import { resourceOf } from '../deploy/urn.ts';
import { UserError } from '../errors.ts';
import type { ChangeView } from '../io/deploy-events.ts';
import type { Services } from '../program.ts';

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
export async function up(options: UpOptions, services: Services): Promise<void> {
  const { io, signal } = services;
  const started = performance.now();
  await using stack = await openStack(options, services, 'make');
  tellStart(stack, services);
  await assertFree(stack, services);
  const { changes } = await operate(stack, 'preview', io, { signal, command: 'up' });
  if (changes.length > 0) {
    io.emit('deploy.plan', { stack: stack.name, changes: changes.map(viewOf) });
    if (!(await services.confirm(`Make these changes to ${stack.name}?`)))
      throw new UserError('declined', { command: 'up' });
    await operate(stack, 'up', io, { signal, planned: changes });
  }
  const outputs = await readOutputs(stack);
  if (options.wait) await untilItAnswers(outputs.url, services);
  const invited = await inviteFirstAdmin(stack, outputs, options.admin);
  io.emit('up.done', {
    stack: stack.name,
    url: outputs.url,
    changed: changes.length,
    seconds: (performance.now() - started) / 1000,
    ...(invited !== undefined && { invited }),
    outputs: { ...outputs },
  });
}

/** Says what `up` would do; changes nothing. */
export async function preview(options: StackOptions, services: Services): Promise<void> {
  await using stack = await openStack(options, services, 'imagine');
  tellStart(stack, services);
  const { changes } = await operate(stack, 'preview', services.io, { signal: services.signal });
  services.io.emit('preview.done', { stack: stack.name, changes: changes.map(viewOf) });
}

function tellStart({ name, account }: OpenStack, { io }: Services): void {
  io.emit('deploy.started', { stack: name, account: account.id, region: account.region, as: account.arn });
}

const viewOf = ({ urn, type, op, properties }: PlannedChange): ChangeView => ({
  op,
  resource: resourceOf(urn),
  type,
  ...(properties !== undefined && { properties }),
});

/** Both the page and the API behind it. */
async function untilItAnswers(url: string, { io, signal }: Services): Promise<void> {
  const started = Date.now();
  for (let trouble = ''; ; ) {
    trouble = (await troubleOf(`${url}/`)) ?? (await troubleOf(`${url}/healthz`)) ?? '';
    if (trouble === '') return;
    const elapsed = Date.now() - started;
    if (elapsed > answersWithinMs) throw new UserError('notAnswering', { url, detail: trouble });
    io.emit('deploy.waiting', { url, seconds: elapsed / 1000 });
    await wait(askEveryMs, undefined, { signal }).catch(() => {
      throw new UserError('interrupted', { next: 'the service is deployed; labdeploy up shows its address' });
    });
  }
}
