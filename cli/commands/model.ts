import { Command, Option } from 'commander';
import type { ScoreOptions } from '../actions/model-score.ts';
import { type ModelSource, modelSources } from '../actions/model-sources.ts';
import type { CommandContext } from '../context.ts';
import { aboveZero } from './numbers.ts';

const checkCommand = (context: CommandContext) =>
  new Command('check')
    .summary("run a model's own test input")
    .description(
      'Loads a BioImage.IO package, runs its test tensors and prints the largest difference from the expected output.',
    )
    .argument('<model>', 'a package (folder or zip), or the name of a shipped model')
    .addHelpText('after', '\nExample:\n  labdeploy model check my-model/')
    .action(async (model: string) => {
      const { checkModelAction } = await import('../actions/model-check.ts');
      await checkModelAction(model, context);
    });

const listCommand = (context: CommandContext) =>
  new Command('list')
    .summary('list the shipped models and those of a folder')
    .option('--models <folder>', 'a folder of model packages')
    .addHelpText('after', '\nExample:\n  labdeploy model list --models ~/models')
    .action(async (options: { models?: string }) => {
      const { listModelsAction } = await import('../actions/model-list.ts');
      await listModelsAction(options, context);
    });

const newCommand = (context: CommandContext) =>
  new Command('new')
    .summary('begin a package of your own StarDist or Cellpose network')
    .description(
      'Writes a folder with a script that exports a trained network as a model package, the Python packages that it needs, a template of the description, and how to go on.',
    )
    .argument('<folder>', 'the folder to make')
    .addOption(
      new Option('--from <network>', 'what the network was trained with').choices(modelSources).makeOptionMandatory(),
    )
    .addHelpText('after', '\nExample:\n  labdeploy model new my-model/ --from stardist')
    .action(async (folder: string, { from }: { from: ModelSource }) => {
      const { newModelAction } = await import('../actions/model-new.ts');
      await newModelAction(folder, from, context);
    });

const scoreCommand = (context: CommandContext) =>
  new Command('score')
    .summary('is this model good on my images?')
    .description(
      'Predicts labelled images and prints precision, recall, F1 and AP (hits over hits, misses and false objects) at IoU 0.5 to 0.9 for each file.',
    )
    .argument('<model>', 'a package (folder or zip), or the name of a shipped model')
    .requiredOption('--images <folder>', 'TIFF images')
    .requiredOption(
      '--labels <folder>',
      'label images: NAME.tif, NAME-labels.tif or NAME_labels.tif for the image NAME.tif',
    )
    .option('-c, --channel <channel>', 'channel to predict, by number from 0 or by name')
    .option('-d, --diameter <px>', 'median diameter of the objects, in pixels of the images', aboveZero)
    .addHelpText('after', '\nExample:\n  labdeploy model score nuclei --images images/ --labels labels/')
    .action(async (model: string, options: ScoreOptions) => {
      const { scoreModelAction } = await import('../actions/model-score.ts');
      await scoreModelAction(model, options, context);
    });

export const modelCommand = (context: CommandContext) =>
  new Command('model')
    .summary('begin, check, list and score models')
    .addCommand(checkCommand(context))
    .addCommand(listCommand(context))
    .addCommand(newCommand(context))
    .addCommand(scoreCommand(context));
