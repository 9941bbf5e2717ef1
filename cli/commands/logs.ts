import { stages } from '../../functions/stages/stages.ts';
import type { LogsOptions } from '../actions/logs.ts';
import type { CommandContext } from '../context.ts';
import { wholeNumber } from './numbers.ts';
import { stackCommand } from './stack-options.ts';

export const logsCommand = (context: CommandContext) =>
  stackCommand('logs', 'show what the functions and machines of a deployment wrote')
    .option(
      '--stage <stage>',
      `one function: ${stages.map(({ name }) => name).join(', ')}, api; or large: the machines`,
    )
    .option('--job <id>', 'only lines about one job')
    .option('-f, --follow', 'go on until Ctrl-C')
    .option('--since <minutes>', 'how far to look back', wholeNumber, 60)
    .addHelpText('after', '\nExample:\n  labdeploy logs --stage predict --follow')
    .action(async (options: LogsOptions) => {
      const { logs } = await import('../actions/logs.ts');
      await logs(options, context);
    });
