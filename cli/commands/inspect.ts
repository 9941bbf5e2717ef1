import { Command } from 'commander';
import type { InspectOptions } from '../actions/inspect.ts';

import type { CommandContext } from '../context.ts';
import { axes, axesHelp } from './axes.ts';

export const inspectCommand = (context: CommandContext) =>
  new Command('inspect')
    .summary('say what labdeploy sees in an image')
    .description('Shows shape, axes, data type, compression, pixel size and channels of each file.')
    .argument('<files...>', 'files, folders, or patterns such as "day1/*.tif"')
    .option(
      '--hash',
      "add the sha256 of each page's samples (little-endian, row-major, channels interleaved) and of all pages",
    )
    .option('--axes <axes>', axesHelp, axes)
    .addHelpText(
      'after',
      `
Examples:
  labdeploy inspect cells.tif
  labdeploy inspect day1/                     every image of a folder
  labdeploy inspect --json --hash *.tif       one line a file, for scripts

Exit code 3 if a file cannot be read exactly; it is named with the reason.`,
    )
    .action(async (files: string[], options: InspectOptions) => {
      const { inspect } = await import('../actions/inspect.ts');
      await inspect(files, options, context);
    });
