import { Command } from 'commander';
import { capitalised } from '../../functions/core/text.ts';
import type { RerunOptions } from '../actions/rerun.ts';
import type { CommandContext } from '../context.ts';
import { withChoices } from './job-options.ts';

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

const rerunCommand = (context: CommandContext) =>
  withChoices(
    onService('rerun', 'make a new job of the images of a job, with other settings or another model', true)
      .description(
        'Makes a new job of the images of a job that the service still keeps: nothing is sent. Settings that are not given are those of that job.',
      )
      .option('-n, --name <name>', 'name of the new job (default: that of the job)')
      .option('-m, --model <name>', 'a model of the service (default: that of the job)'),
    'channel to predict, by number from 0 or by name',
  )
    .option('--no-invert', 'objects are bright on dark, where the job had them dark')
    .option('--prob', 'also make the probability maps')
    .option('--no-prob', 'make no probability maps')
    .action(async (job: string, options: RerunOptions) => {
      const { rerunJob } = await import('../actions/rerun.ts');
      await rerunJob(job, options, context);
    });

export const jobsCommand = (context: CommandContext) => {
  const actions = () => import('../actions/jobs.ts');
  return new Command('jobs')
    .summary('list, show, download, retry, run again and delete jobs of a service')
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
    .addCommand(rerunCommand(context))
    .addCommand(
      onService('delete', 'delete a job with its images and results', true).action(async (job, options) =>
        (await actions()).deleteJob(job, options, context),
      ),
    );
};
