import { lockHolder } from '../deploy/lock-holder.ts';
import { openStack, type StackOptions } from '../deploy/stack.ts';
import { UserError } from '../errors.ts';
import type { Services } from '../program.ts';

/** Breaks the lock of a change that cannot end any more. Whoever still works on the stack would damage it: somebody must say so. */
export async function unlock(options: StackOptions, services: Services): Promise<void> {
  await using stack = await openStack(options, services);
  const holder = await lockHolder(stack);
  if (holder !== undefined) {
    const question = `${stack.name} is locked by ${holder}. Is that change surely over?`;
    if (!(await services.confirm(question))) throw new UserError('declined', ['unlock']);
    await stack.engine.cancel();
  }
  services.io.emit('unlock.done', { stack: stack.name, ...(holder !== undefined && { holder }) });
}
