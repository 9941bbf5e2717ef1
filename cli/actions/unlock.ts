import { lockHolders } from '../deploy/lock-files.ts';
import { tellHolders } from '../deploy/locks.ts';
import { openStack, type StackOptions } from '../deploy/stack.ts';
import { UserError } from '../errors.ts';
import type { Services } from '../program.ts';

/** Breaks the lock of a change that cannot end any more. Whoever still works on the stack would damage it: somebody must say so. */
export async function unlock(options: StackOptions, services: Services): Promise<void> {
  await using stack = await openStack(options, services);
  const holders = await lockHolders(stack);
  const holder = tellHolders(holders);
  if (holders.length > 0) {
    const question = `${stack.name} is locked by ${holder}. Is that change surely over?`;
    if (!(await services.confirm(question))) throw new UserError('declined', { command: 'unlock' });
    await stack.engine.cancel();
  }
  services.io.emit('unlock.done', { stack: stack.name, ...(holders.length > 0 && { holder }) });
}
