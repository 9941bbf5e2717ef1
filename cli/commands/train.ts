import { Command } from 'commander';
import type { TrainOptions } from '../actions/train.ts';
import type { CommandContext } from '../context.ts';
import { wholeNumber } from './numbers.ts';

export const trainCommand = (context: CommandContext) =>
  new Command('train')
    .summary('train a model further on labelled images, and keep it where it is better')
    .description(
      'Trains the nuclei network, or a pixel classifier, on this machine with your labelled images, keeps some of these aside, and scores the model before and after on them. Exit code 0: better. Run the same command again after Ctrl-C to go on. The network needs Python with PyTorch.',
    )
    .argument('<images>', 'folder of images')
    .requiredOption(
      '--labels <folder>',
      'label images: NAME.tif, NAME-labels.tif or NAME_labels.tif for the image NAME.tif',
    )
    .requiredOption('-o, --output <folder>', 'where the model package goes')
    .option('--from <model>', 'the model to begin with: a package folder, or the name of a shipped model', 'nuclei')
    .option(
      '--pixel-classifier',
      'train a random forest on the pixels instead, in seconds and without Python; --from is what it is compared with',
    )
    .option(
      '--sides <file>',
      'which images are trained on and which kept aside: JSON, {"NAME.tif": "train" or "test"}; the others are split',
    )
    .option('-c, --channel <channel>', 'channel to train on, by number from 0 or by name')
    .option('--epochs <count>', 'epochs of 25 steps', wholeNumber, 20)
    .option('--seed <number>', 'another one gives another model', wholeNumber, 1)
    .option('--replay <folder>', "the base's own training set, to be replayed (default: synthetic planes alone)")
    .option('--python <command>', 'Python with torch, onnx, numpy, scipy and tifffile', 'python3')
    .addHelpText('after', '\nExample:\n  labdeploy train images/ --labels labels/ -o models/ours')
    .action(async (images: string, options: TrainOptions) => {
      const { trainAction } = await import('../actions/train.ts');
      await trainAction(images, options, context);
    });
