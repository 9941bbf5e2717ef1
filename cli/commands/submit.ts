import { Command } from 'commander';
import type { SubmitOptions } from '../actions/submit.ts';
import type { CommandContext } from '../context.ts';
import { withChoices } from './job-options.ts';
import { serviceUrl } from './service-url.ts';

export const submitCommand = (context: CommandContext) =>
  withChoices(
    new Command('submit')
      .summary('send a folder to a labdeploy service and fetch the results')
      .description(
        'Uploads images to a service, waits until they are segmented, and unpacks the results. Run the same command again to continue. Signs in in the browser: by a code, or at a service on AWS in a browser of this computer; LABDEPLOY_TOKEN is used instead where it is set.',
      )
      .argument('<inputs...>', 'folders, files, patterns such as "day1/*.tif", or one zip')
      .requiredOption('-u, --url <url>', 'address of the service', serviceUrl)
      .option('-o, --output <folder>', 'where the results go', 'labdeploy-results')
      .option('-m, --model <name>', "a model of the service (default: the service's first)"),
    'channel to predict, by number from 0 or by name',
  )
    .option('--prob', 'also make the probability maps')
    .option('--no-wait', 'do not wait for the results: fetch them later with jobs download')
    .option(
      '--overwrite',
      'let the output folder hold results of another job or of labdeploy run, or files of yours: replace those of the same names, and remove other results of that job',
    )
    .addHelpText(
      'after',
      `
Examples:
  labdeploy submit images/ --url https://segment.example.org -o results
  LABDEPLOY_TOKEN=... labdeploy submit day1.zip --url http://127.0.0.1:8080 --no-wait

Exit code 0 only if every file worked, 3 if some failed.`,
    )
    .action(async (inputs: string[], options: SubmitOptions) => {
      const { submit } = await import('../actions/submit.ts');
      await submit(inputs, options, context);
    });
