import { Option } from 'commander';
import type { UpOptions } from '../actions/up.ts';
import type { CommandContext } from '../context.ts';
import { assertAnswered, stackCommand, withConfig, withRefresh } from './stack-options.ts';

export const upCommand = (context: CommandContext) =>
  withRefresh(withConfig(stackCommand('up', "deploy the service to your lab's AWS account, or update it")))
    .alias('deploy')
    .option('--admin <email>', 'invite the first administrator')
    .option('--no-wait', 'do not wait until the page answers')
    .addOption(
      new Option(
        '--discard <setting...>',
        'settings whose data or work may go, now that they are switched off',
      ).choices([
        ...(['gallery', 'containers', 'archiving', 'large', 'endpoint', 'teach'] satisfies UpOptions['discard']),
      ]),
    )
    .addHelpText(
      'after',
      `
Examples:
  labdeploy up --region eu-central-1 --admin me@lab.example     first deployment: shows what it makes, asks, prints the address
  labdeploy up --config retentionDays=30                        change a setting
  labdeploy up --refresh                                        put right what was changed or removed by hand
  labdeploy up --yes --json                                     in a script

Made by \`labdeploy preview\` first, it changes nothing that the preview does not show. Run again after any failure: it goes on.`,
    )
    .action(async (options: UpOptions) => {
      assertAnswered(context, 'labdeploy up changes your AWS account');
      const { up } = await import('../actions/up.ts');
      await up(options, context);
    });
