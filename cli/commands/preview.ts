import type { CommandContext } from '../context.ts';
import type { StackOptions } from '../deploy/stack.ts';
import { stackCommand, withConfig, withRefresh } from './stack-options.ts';

export const previewCommand = (context: CommandContext) =>
  withRefresh(
    withConfig(stackCommand('preview', 'show what up would change, with old and new values, and what it costs')),
  )
    .alias('diff')
    .addHelpText('after', '\nExample:\n  labdeploy preview --config memory=3008')
    .action(async (options: StackOptions) => {
      const { preview } = await import('../actions/up.ts');
      await preview(options, context);
    });
