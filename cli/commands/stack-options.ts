import { Command, Option } from 'commander';

/** A command that works in an AWS account: with `--region`. */
export const accountCommand = (name: string, summary: string): Command =>
  new Command(name)
    .summary(summary)
    .description(`${summary[0]!.toUpperCase()}${summary.slice(1)}.`)
    .option('--region <region>', "AWS region (default: AWS_REGION, else the profile's)");

/** A command about one stack of it. */
export const stackCommand = (name: string, summary: string): Command =>
  accountCommand(name, summary).addOption(
    new Option('-s, --stack <name>', 'which deployment, where an account has several')
      .default('dev')
      .env('LABDEPLOY_STACK'),
  );

export const collect = (value: string, earlier: string[] = []): string[] => [...earlier, value];
