import type { CommandContext } from '../context.ts';
import { lockHolders } from '../deploy/engine/lock-files.ts';
import { reportHolders } from '../deploy/engine/locks.ts';
import { openStack, type StackOptions } from '../deploy/stack.ts';
import { UserError } from '../errors.ts';

/** Breaks the lock of a change that cannot end any more. Whoever still works on the stack would damage it: the user must say so. */
export async function unlock(options: StackOptions, context: CommandContext): Promise<void> {
  await using stack = await openStack(options, context);
  const holders = await lockHolders(stack);
  const holder = reportHolders(holders);
  if (holders.length > 0) {
    const question = `${stack.name} is locked by ${holder}. Is that change surely over?`;
    if (!(await context.confirm(question))) throw new UserError('declined', { command: 'unlock' });
    await stack.engine.cancel();
  }
  context.io.emit('unlock.done', { stack: stack.name, ...(holders.length > 0 && { holder }) });
}
