import type { CommandContext } from '../context.ts';
import { readOutputs } from '../deploy/outputs.ts';
import { listStacks, openStack, type StackOptions } from '../deploy/stack.ts';

/** Every stack of this account and region. */
export async function stacks(options: { region?: string }, context: CommandContext): Promise<void> {
  const { account, stacks } = await listStacks(options, context);
  context.io.emit('stacks.listed', { region: account.region, stacks });
}

/** Address, pool and bucket names of a stack, for scripts. */
export async function outputs(options: StackOptions, context: CommandContext): Promise<void> {
  await using stack = await openStack(options, context);
  context.io.emit('outputs.shown', { stack: stack.name, outputs: { ...(await readOutputs(stack)) } });
}
