import type { CommandContext } from '../context.ts';
import { accountCommand } from './stack-options.ts';

export const whoamiCommand = (context: CommandContext) =>
  accountCommand('whoami', 'show whose AWS credentials are used')
    .addHelpText('after', '\nExample:\n  AWS_PROFILE=lab labdeploy whoami')
    .action(async (options: { region?: string }) => {
      const { whoami } = await import('../actions/whoami.ts');
      await whoami(options, context);
    });
