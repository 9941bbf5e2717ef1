import { Command, Option } from 'commander';
import { capitalised } from '../../functions/core/text.ts';
import type { RerunOptions } from '../actions/rerun.ts';
import type { CommandContext } from '../context.ts';
import { withChoices } from './job-options.ts';
import { serviceUrl } from './service-url.ts';

/** `example`: arguments of one, a job's first; without it the command takes none. */
const onService = (name: string, summary: string, example?: string) => {
  const command = new Command(name)
    .summary(summary)
    .description(`${capitalised(summary)}.`)
    .requiredOption('-u, --url <url>', 'address of the service', serviceUrl)
    .addHelpText(
      'after',
      `\nExample:\n  labdeploy jobs ${name}${example === undefined ? '' : ` ${example}`} --url https://segment.example.org`,
    );
  return example === undefined ? command : command.argument('<job>', 'id of the job, as jobs list shows it');
};

const rerunCommand = (context: CommandContext) =>
  withChoices(
    onService(
      'rerun',
      'make a new job of the images of a job, with other settings or another model',
      '7f3c2a10… --threshold 0.4',
    )
      .description(
        'Makes a new job of the images of a job that the service still keeps: nothing is sent. Settings that are not given are those of that job, or with --reset the defaults that stand below.',
      )
      .option('-n, --name <name>', 'name of the new job (default: that of the job)')
      .option('-m, --model <name>', 'a model of the service (default: that of the job)'),
    'channel to predict, by number from 0 or by name',
  )
    .option('--reset', 'begin from the defaults, and not from the settings of the job')
    .option('--no-invert', 'objects are bright on dark, where the job had them dark')
    .option('--prob', 'also make the probability maps')
    .option('--no-prob', 'make no probability maps')
    .action(async (job: string, options: RerunOptions) => {
      const { rerunJob } = await import('../actions/rerun.ts');
      await rerunJob(job, options, context);
    });

export const jobsCommand = (context: CommandContext) => {
  const actions = () => import('../actions/jobs.ts');
  const shares = () => import('../actions/shares.ts');
  return new Command('jobs')
    .summary('list, show, name, share, download, correct, retry, restore, run again and delete jobs of a service')
    .addCommand(
      onService('list', 'list your jobs, newest first')
        .option('-s, --search <words>', 'only those whose name or note has each of these words')
        .addOption(new Option('--shared', 'jobs that others share with you').conflicts('search'))
        .action(async (options) => (await actions()).listJobs(options, context)),
    )
    .addCommand(
      onService('show', 'show a job and the files that failed', '7f3c2a10…').action(async (job, options) =>
        (await actions()).showJob(job, options, context),
      ),
    )
    .addCommand(
      onService('download', 'fetch and unpack the results of a job', '7f3c2a10…')
        .option('-o, --output <folder>', 'where the results go', 'labdeploy-results')
        .option(
          '--overwrite',
          'let the output folder hold results of another job or of labdeploy run, or files of yours: replace those of the same names, and remove other results of that job',
        )
        .addOption(new Option('--corrected', 'with the labels as people have corrected them').conflicts('original'))
        .option('--original', 'as the model found them (default)')
        .action(async (job, options) => (await actions()).downloadJob(job, options, context)),
    )
    .addCommand(
      onService('retry', 'predict the failed files of a job again', '7f3c2a10…').action(async (job, options) =>
        (await actions()).retryJob(job, options, context),
      ),
    )
    .addCommand(
      onService('correct', 'make the results of a job once more with its corrected labels', '7f3c2a10… corrected/*.tif')
        .description(
          'Takes corrected labels from files, where some are named, and makes labels, measurements, tables and zip of the job once more with all its corrections. Files are label TIFFs (of napari, Fiji or labdeploy), or zips of ROIs of Fiji, named as their images: cell1.tif, cell1_labels.tif, cell1_rois.zip.',
        )
        .argument('[files...]', 'corrected labels')
        .action(async (job, files, options) =>
          (await import('../actions/correct.ts')).correctJob(job, files, options, context),
        ),
    )
    .addCommand(
      onService('restore', 'bring archived results of a job back', '7f3c2a10…').action(async (job, options) =>
        (await actions()).restoreJob(job, options, context),
      ),
    )
    .addCommand(rerunCommand(context))
    .addCommand(
      onService('rename', 'give a job another name', "7f3c2a10… 'section 4'")
        .argument('<name>', 'the new name')
        .action(async (job, name, options) => (await actions()).describeJob(job, { name }, options, context)),
    )
    .addCommand(
      onService('note', 'write a note down about a job', "7f3c2a10… 'left side is damaged'")
        .argument('[text]', 'the note; without it the note is removed')
        .action(async (job, note = '', options) => (await actions()).describeJob(job, { note }, options, context)),
    )
    .addCommand(
      onService('share', 'let another person of the lab see a job and its results', '7f3c2a10… bob@lab.example')
        .argument('<email>', 'address of the account')
        .action(async (job, email, options) => (await shares()).shareJob(job, email, options, context)),
    )
    .addCommand(
      onService('unshare', 'end a share of a job', '7f3c2a10… bob@lab.example')
        .argument('<email>', 'address of the account, as jobs shares shows it')
        .action(async (job, email, options) => (await shares()).unshareJob(job, email, options, context)),
    )
    .addCommand(
      onService('shares', 'list what you share and with whom, newest first').action(async (options) =>
        (await shares()).listShares(options, context),
      ),
    )
    .addCommand(
      onService('delete', 'delete jobs with their images and results', '7f3c2a10… 91be04d5…')
        .argument('[more...]', 'further jobs')
        .action(async (job, more, options) => (await actions()).deleteJobs([job, ...more], options, context)),
    );
};
