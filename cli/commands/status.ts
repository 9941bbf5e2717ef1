import type { CommandContext } from '../context.ts';
import type { StackOptions } from '../deploy/stack.ts';
import { stackCommand } from './stack-options.ts';

export const statusCommand = (context: CommandContext) =>
  stackCommand('status', 'show whether a deployment answers, what waits, and which alarms ring')
    .addHelpText('after', '\nExample:\n  labdeploy status --stack dev')
    .action(async (options: StackOptions) => {
      const { status } = await import('../actions/status.ts');
      await status(options, context);
    });
