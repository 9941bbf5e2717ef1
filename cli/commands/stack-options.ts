import { Command, Option } from 'commander';
import { capitalised } from '../../functions/core/text.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';

/** A command that works in an AWS account: with `--region`. */
export const accountCommand = (name: string, summary: string): Command =>
  new Command(name)
    .summary(summary)
    .description(`${capitalised(summary)}.`)
    .option('--region <region>', "AWS region (default: AWS_REGION, else the profile's)");

/** A command about one stack of it. */
export const stackCommand = (name: string, summary: string): Command =>
  accountCommand(name, summary).addOption(
    new Option('-s, --stack <name>', 'which deployment, where an account has several')
      .default('dev')
      .env('LABDEPLOY_STACK'),
  );

export const collect = (value: string, earlier: string[] = []): string[] => [...earlier, value];

export const withRefresh = (command: Command): Command =>
  command.option(
    '--refresh',
    'compare with the account first, where something may have been changed or removed by hand',
  );

export const withConfig = (command: Command): Command =>
  command
    .option('-c, --config <key=value>', 'a setting, kept for the next time; may be repeated', collect)
    .addOption(
      new Option('--settings <whose>', "where Pulumi.STACK.yaml has others: those deployed, or the file's").choices([
        'deployed',
        'file',
      ]),
    );

/** Before anything is read or asked of AWS: a script that forgot --yes must not wait for its answer. */
export function assertAnswered({ canAnswer }: CommandContext, question: string): void {
  if (!canAnswer) throw new UserError('inputNeeded', { question });
}
