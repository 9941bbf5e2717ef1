import type { CommandContext } from '../context.ts';
import type { StackOptions } from '../deploy/stack.ts';
import { stackCommand } from './stack-options.ts';

export const outputsCommand = (context: CommandContext) =>
  stackCommand('outputs', 'show the address and the names of a deployment')
    .addHelpText('after', '\nExample:\n  labdeploy outputs --json')
    .action(async (options: StackOptions) => {
      const { outputs } = await import('../actions/stacks.ts');
      await outputs(options, context);
    });
