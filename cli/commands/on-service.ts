import { Command } from 'commander';
import { capitalised } from '../../functions/core/text.ts';
import { serviceUrl } from './service-url.ts';

/** Makes the subcommands of `group` that ask a service. `example`: arguments of one; '' is none. */
export const onServiceOf = (group: string) => (name: string, summary: string, example: string) =>
  new Command(name)
    .summary(summary)
    .description(`${capitalised(summary)}.`)
    .requiredOption('-u, --url <url>', 'address of the service', serviceUrl)
    .addHelpText(
      'after',
      `\nExample:\n  labdeploy ${group} ${name}${example === '' ? '' : ` ${example}`} --url https://segment.example.org`,
    );
