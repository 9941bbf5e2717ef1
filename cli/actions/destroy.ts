import type { CommandContext } from '../context.ts';
import { removeBrokerSecrets } from '../deploy/broker-secrets.ts';
import { priceTable } from '../deploy/cost/prices.ts';
import { forgetDeletedUserPools } from '../deploy/engine/deleted-user-pools.ts';
import { resourcesOf } from '../deploy/engine/engine-state.ts';
import { assertFree } from '../deploy/engine/lock-files.ts';
import { type PlannedChange, runOperation } from '../deploy/engine/run-operation.ts';
import { project } from '../deploy/settings.ts';
import { listStacks, type OpenStack, openStack, type StackOptions } from '../deploy/stack.ts';
import { removeState } from '../deploy/state.ts';
import { contentsOf, emptyBucket } from '../deploy/teardown/bucket-contents.ts';
import { endMachines } from '../deploy/teardown/end-machines.ts';
import { stopExpiry } from '../deploy/teardown/expiry.ts';
import { imagesOf } from '../deploy/teardown/image-contents.ts';
import { leftovers, removeLogGroups } from '../deploy/teardown/leftovers.ts';
import { detach, pricesOf, retainedDataOf } from '../deploy/teardown/retained-data.ts';
import { UserError } from '../errors.ts';
import type { RetainedData } from '../io/destroy-events.ts';

export interface DestroyOptions extends StackOptions {
  /** Leave the buckets, the job table, the people and the container images. */
  keepData?: boolean;
  /** Also remove the state bucket and its passphrase, when no stack is left. */
  all?: boolean;
}

/**
 * Removes a stack, then looks for what the engine missed: success means that nothing else with its tag is left. Safe to
 * repeat after any interruption.
 */
export async function destroy(options: DestroyOptions, context: CommandContext): Promise<void> {
  const started = performance.now();
  if (options.all) await assertLastStack(options, context);
  const kept = await removeStack(options, context);
  if (options.all) await removeOwnState(options, context);
  const seconds = (performance.now() - started) / 1000;
  context.io.emit('destroy.done', { stack: options.stack, seconds, kept, pricesOf: priceTable.date });
}

/** Before anything goes. Throws `stateInUse` where the state has other stacks, `usage` where this one stays in it. */
async function assertLastStack({ stack, keepData, region }: DestroyOptions, context: CommandContext): Promise<void> {
  if (keepData) {
    const detail = '--all removes the state, which knows what --keep-data keeps';
    throw new UserError('usage', { detail, command: 'destroy' });
  }
  const { stacks } = await listStacks({ stack, ...(region !== undefined && { region }) }, context);
  const others = stacks.flatMap(({ name }) => (name === stack ? [] : [name]));
  if (others.length > 0) throw new UserError('stateInUse', { name: stack, others: others.join(', ') });
}

/** Returns what was kept. With `all` a stack that is gone already is no failure: what is left of it goes. */
async function removeStack(options: DestroyOptions, context: CommandContext): Promise<RetainedData[]> {
  const { io, signal } = context;
  const { keepData = false } = options;
  const found = await openStack(options, context).catch((error: unknown) => {
    if (options.all && error instanceof UserError && error.code === 'stackNotFound') return undefined;
    throw error;
  });
  if (found === undefined) return [];
  await using stack = found;
  const { account, name } = stack;
  await assertFree(stack, context); // before its data goes
  if (keepData) await forgetDeletedUserPools(stack); // those that were removed by hand cannot be kept
  const resources = (await resourcesOf(stack.engine)).filter(({ custom }) => custom);
  const buckets = resources.filter(({ type }) => type === 'aws:s3/bucket:Bucket').map(({ id }) => id!);
  const contents = (await Promise.all(buckets.map((bucket) => contentsOf(bucket, account)))).filter(
    (c) => c !== undefined,
  );
  io.emit('destroy.started', {
    stack: name,
    resources: resources.length,
    jobs: new Set(contents.flatMap(({ jobs }) => [...jobs])).size,
    bytes: contents.reduce((sum, { bytes }) => sum + bytes, 0),
  });
  await context.confirmName(
    keepData
      ? `Remove ${name}? Images, results, jobs, accounts of people and containers of models stay, and none of them expires; its address, its logs and work that waits go.`
      : `Remove ${name} with all its images, results, jobs, accounts of people and containers of models?`,
    name,
  );
  const images = await imagesOf(resources, account);
  const kept = keepData ? retainedDataOf(resources, contents, images) : [];
  const prices = await pricesOf(kept, { contents, images }, account);
  const names = prices.map((each) => each.name);
  if (kept.length > 0) {
    for (const { type, id } of kept) if (type === 'aws:dynamodb/table:Table') await stopExpiry(id!, account);
    await detach(stack, kept);
  }
  await Promise.all(
    buckets
      .filter((bucket) => !names.includes(bucket))
      .map(async (bucket) => {
        const objects = await emptyBucket(bucket, account);
        if (objects > 0) io.emit('destroy.emptied', { bucket, objects });
      }),
  );
  await endMachines(resources, account);
  const going = resources.filter((each) => each.type.startsWith('aws:') && !kept.includes(each));
  const planned = [
    ...going.map(({ urn, type }) => ({ urn, type, op: 'delete' })),
    ...(await unfinished(stack, context)),
  ];
  await runOperation(stack, 'destroy', io, {
    ...{ signal, planned, refresh: options.refresh ?? false },
    exclude: kept.map(({ urn }) => urn),
  });
  await removeBrokerSecrets({ stack: name, account });
  const baseName = (await stack.engine.getAllConfig())[`${project}:baseName`]?.value ?? project;
  await removeLogGroups(`/aws/lambda/${baseName}-${name}-`, account);
  const left = await leftovers({ stack: name, baseName, account }, names, signal);
  for (const arn of left) io.emit('destroy.leftover', { arn });
  if (left.length > 0) throw new UserError('leftovers', { stack: name, count: left.length });
  if (kept.length === 0) await stack.engine.workspace.removeStack(name);
  return prices;
}

/** What a deployment that did not come to its end had still to make: some of it may be there, and must go too. */
async function unfinished(stack: OpenStack, { io, signal }: CommandContext): Promise<PlannedChange[]> {
  const last = await stack.engine.info();
  if (last?.kind !== 'update' || last.result === 'succeeded') return [];
  return (await runOperation(stack, 'preview', io, { signal, command: 'destroy' })).changes;
}

/** Only when no stack needs it any more, and not one that PULUMI_BACKEND_URL names: that is the user's own. */
async function removeOwnState({ stack, region }: DestroyOptions, context: CommandContext): Promise<void> {
  if (context.env.PULUMI_BACKEND_URL !== undefined) return;
  const { account, stacks } = await listStacks({ stack, ...(region !== undefined && { region }) }, context);
  const [other] = stacks;
  if (other !== undefined) throw new UserError('stackNotEmpty', { name: other.name, resources: other.resources });
  await removeState(account);
}
