import type { CostOptions } from '../actions/cost.ts';

import type { CommandContext } from '../context.ts';
import { aboveZero, wholeNumber } from './numbers.ts';
import { collect, stackCommand } from './stack-options.ts';

export const costCommand = (context: CommandContext) =>
  stackCommand('cost', 'estimate what the service costs, or has cost')
    .option('-c, --config <key=value>', 'a setting to estimate with; may be repeated', collect)
    .option('--files <count>', 'images of the folder to estimate for', wholeNumber, 1000)
    .option('--megabytes <size>', 'of one of them', aboveZero, 40)
    .option('--seconds <seconds>', 'that predict takes for one (default: as measured with models/nuclei)', aboveZero)
    .option('--job <id>', 'what a job of the deployment has cost')
    .option('--days <count>', 'what the deployment has used in its last days', wholeNumber)
    .addHelpText(
      'after',
      `
Examples:
  labdeploy cost --region eu-central-1                      before anything is deployed; needs no account
  labdeploy cost --config memory=7076 --config retentionDays=7 --files 5000
  labdeploy cost --job 0199…                                one job, by its objects and its functions' logs
  labdeploy cost --days 30                                  the whole deployment, by the counters that AWS keeps

List prices, dated, without tax; free tiers are named and not subtracted.`,
    )
    .action(async (options: CostOptions) => {
      const { cost } = await import('../actions/cost.ts');
      await cost(options, context);
    });
