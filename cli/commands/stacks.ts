import type { CommandContext } from '../context.ts';
import { accountCommand } from './stack-options.ts';

export const stacksCommand = (context: CommandContext) =>
  accountCommand('stacks', 'list the deployments of this account and region')
    .alias('ls')
    .addHelpText('after', '\nExample:\n  labdeploy stacks --region eu-central-1')
    .action(async (options: { region?: string }) => {
      const { stacks } = await import('../actions/stacks.ts');
      await stacks(options, context);
    });
