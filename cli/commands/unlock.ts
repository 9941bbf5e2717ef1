import type { CommandContext } from '../context.ts';
import type { StackOptions } from '../deploy/stack.ts';
import { assertAnswered, stackCommand } from './stack-options.ts';

export const unlockCommand = (context: CommandContext) =>
  stackCommand('unlock', 'break the lock of a change that cannot end any more')
    .addHelpText('after', '\nExample:\n  labdeploy unlock --stack dev')
    .action(async (options: StackOptions) => {
      assertAnswered(context, 'labdeploy unlock breaks a lock');
      const { unlock } = await import('../actions/unlock.ts');
      await unlock(options, context);
    });
