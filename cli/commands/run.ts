import { Command, Option } from 'commander';
import type { RunOptions } from '../actions/run.ts';
import type { CommandContext } from '../context.ts';
import { withChoices } from './job-options.ts';
import { wholeNumber } from './numbers.ts';

export const runCommand = (context: CommandContext) =>
  withChoices(
    new Command('run')
      .summary('segment a folder of images on this machine')
      .description(
        'Predicts every image (.tif, .tiff, .btf, .tf8, .lsm, .stk, .png, .jpg) of folders, patterns, single files or one zip, each file by itself, and writes label images, previews and measurements. Run the same command again to continue where it stopped.',
      )
      .argument('<inputs...>', 'folders, files, patterns such as "day1/*.tif", or one zip')
      .option('-o, --output <folder>', 'where the results go', 'labdeploy-results')
      .option(
        '-m, --model <model>',
        'a BioImage.IO package (folder or zip), the name of a model that is shipped, or the address of a container',
        'nuclei',
      ),
    "channel to predict, by number from 0 or by name (default: the model's, else the first)",
  )
    .option('-w, --workers <count>', 'worker threads (default: one a core)', wholeNumber)
    .option('--prob', 'also write the probability maps')
    .option('--zip', 'also pack everything into results.zip')
    .option(
      '--overwrite',
      'let the output folder hold results of other images, another model or other settings: replace those of the same names and remove those that this run does not have; what is finished of the very same images stays',
    )
    .addOption(new Option('--keep-going', 'go on after a failed file (the default)').conflicts('failFast'))
    .addOption(new Option('--fail-fast', 'stop at the first failed file').conflicts('keepGoing'))
    .addHelpText(
      'after',
      `
Examples:
  labdeploy run images/ -o results
  labdeploy run "day1/**/*_w2.tif" --channel DAPI -o day1-nuclei
  labdeploy run sections/ --channel DAPI --ring 5 --positive c-Fos=bg+3 --positive GFP=otsu -o sections-cfos
  labdeploy run experiment.zip --model my-model/ --zip -o experiment

Exit code 0 only if every image worked, 3 if some failed: each is named with its reason. What is no image (notes,
hidden files, Thumbs.db) is left out by name and fails nothing.`,
    )
    .action(async (inputs: string[], options: RunOptions) => {
      const { run } = await import('../actions/run.ts'); // loaded here so that --help stays fast
      await run(inputs, options, context);
    });
