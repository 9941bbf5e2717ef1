import { type Command, InvalidArgumentError, Option } from 'commander';
import { leastPixels, mostReduced, objectThreshold, scaleFactor } from '../../functions/core/object-settings.ts';
import { diameterPx } from './numbers.ts';

const numberIn = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));

/** Parses the value of --threshold. */
function threshold(text: string): number {
  const parsed = objectThreshold.safeParse(numberIn(text));
  if (!parsed.success) throw new InvalidArgumentError('a number is needed, such as 0.5.');
  return parsed.data;
}

/** Parses the value of --min-size. */
function minSize(text: string): number {
  const parsed = leastPixels.safeParse(numberIn(text));
  if (!parsed.success) throw new InvalidArgumentError('a whole number of pixels from 0 is needed.');
  return parsed.data;
}

/** Parses the value of --scale. */
function scale(text: string): number {
  const parsed = scaleFactor.safeParse(numberIn(text));
  if (!parsed.success) throw new InvalidArgumentError(`a whole number from 1 to ${mostReduced} is needed.`);
  return parsed.data;
}

/** What is set of how objects are found: of run, submit and jobs rerun. */
export const withObjectOptions = (command: Command): Command =>
  command
    .option(
      '-d, --diameter <px>',
      "median diameter of the objects, in pixels of the image (default: by the file's pixel size, else an estimate)",
      diameterPx,
    )
    .addOption(
      new Option('--scale <factor>', 'reduce images by this whole factor for the model (default: by the diameter)')
        .argParser(scale)
        .conflicts('diameter'),
    )
    .option('--invert', 'objects are dark on a bright background')
    .option(
      '--threshold <value>',
      "from which value of the model's map of objects a pixel belongs to one; of a probability 0 to 1 (default: the model's)",
      threshold,
    )
    .option('--min-size <px>', "drop objects of fewer pixels (default: the model's)", minSize);
