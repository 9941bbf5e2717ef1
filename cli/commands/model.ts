import { Command } from 'commander';
import type { ScoreOptions } from '../actions/model-score.ts';
import type { Services } from '../program.ts';
import { aboveZero } from './numbers.ts';

const checkCommand = (services: Services) =>
  new Command('check')
    .summary("run a model's own test input")
    .description(
      'Loads a BioImage.IO package, runs its test tensors and prints the largest difference from the expected output.',
    )
    .argument('<model>', 'a package (folder or zip), or the name of a shipped model')
    .addHelpText('after', '\nExample:\n  labdeploy model check my-model/')
    .action(async (model: string) => {
      const { checkModelAction } = await import('../actions/model-check.ts');
      await checkModelAction(model, services);
    });

const listCommand = (services: Services) =>
  new Command('list')
    .summary('list the shipped models and those of a folder')
    .option('--models <folder>', 'a folder of model packages')
    .addHelpText('after', '\nExample:\n  labdeploy model list --models ~/models')
    .action(async (own: { models?: string }) => {
      const { listModelsAction } = await import('../actions/model-list.ts');
      await listModelsAction(own, services);
    });

const scoreCommand = (services: Services) =>
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
    .action(async (model: string, own: ScoreOptions) => {
      const { scoreModelAction } = await import('../actions/model-score.ts');
      await scoreModelAction(model, own, services);
    });

export const modelCommand = (services: Services) =>
  new Command('model')
    .summary('check, list and score models')
    .addCommand(checkCommand(services))
    .addCommand(listCommand(services))
    .addCommand(scoreCommand(services));
