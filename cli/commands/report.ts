import { Command } from 'commander';
import type { ReportOptions } from '../actions/report.ts';
import type { CommandContext } from '../context.ts';

export const reportCommand = (context: CommandContext) =>
  new Command('report')
    .summary('compare the conditions of an experiment')
    .description(
      'Reads the results of labdeploy run, or an unpacked results.zip of a service, and writes a page with plots, tables and a text for the methods of a paper, beside it objects.csv (all objects of all images), group-summary.csv and the plots as SVG. The page opens without network.',
    )
    .argument('<results>', 'the folder with summary.csv and manifest.json')
    .option(
      '-g, --groups <groups>',
      'which condition an image is of: a .csv with the columns image, condition and, if known, animal; "folders" (the first folder); or a regular expression with named groups (default: folders where there are some)',
    )
    .option(
      '-o, --output <file>',
      'the page; the tables and plots are written beside it (default: RESULTS/report/report.html)',
    )
    .option('-m, --model <model>', 'package of the model that made the results, for what its card cites')
    .addHelpText(
      'after',
      `
Examples:
  labdeploy report results
  labdeploy report results --groups groups.csv -o figures/report.html
  labdeploy report results --groups "(?<condition>ctrl|treated)_(?<animal>m\\d+)"

What is compared are animals where they are known, else images, never single objects. Images in no condition are named
and left out of the comparison.`,
    )
    .action(async (results: string, options: ReportOptions) => {
      const { report } = await import('../actions/report.ts');
      await report(results, options, context);
    });
