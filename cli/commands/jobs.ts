import { Command } from 'commander';
import { capitalised } from '../../functions/core/text.ts';
import type { CommandContext } from '../context.ts';

const onService = (name: string, summary: string, argument: boolean) => {
  const command = new Command(name)
    .summary(summary)
    .description(`${capitalised(summary)}.`)
    .requiredOption('-u, --url <url>', 'address of the service')
    .addHelpText(
      'after',
      `\nExample:\n  labdeploy jobs ${name}${argument ? ' 7f3c2a10-…' : ''} --url https://segment.example.org`,
    );
  return argument ? command.argument('<job>', 'id of the job, as jobs list shows it') : command;
};

export const jobsCommand = (context: CommandContext) => {
  const actions = () => import('../actions/jobs.ts');
  return new Command('jobs')
    .summary('list, show, download, retry and delete jobs of a service')
    .addCommand(
      onService('list', 'list your jobs, newest first', false).action(async (options) =>
        (await actions()).listJobs(options, context),
      ),
    )
    .addCommand(
      onService('show', 'show a job and the files that failed', true).action(async (job, options) =>
        (await actions()).showJob(job, options, context),
      ),
    )
    .addCommand(
      onService('download', 'fetch and unpack the results of a job', true)
        .option('-o, --output <folder>', 'where the results go', 'labdeploy-results')
        .option(
          '--overwrite',
          'let the output folder hold results of another job or of labdeploy run, or files of yours, and replace those of the same names',
        )
        .action(async (job, options) => (await actions()).downloadJob(job, options, context)),
    )
    .addCommand(
      onService('retry', 'predict the failed files of a job again', true).action(async (job, options) =>
        (await actions()).retryJob(job, options, context),
      ),
    )
    .addCommand(
      onService('delete', 'delete a job with its images and results', true).action(async (job, options) =>
        (await actions()).deleteJob(job, options, context),
      ),
    );
};
