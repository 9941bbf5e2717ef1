import { type Command, InvalidArgumentError } from 'commander';
import { axes, axesHelp } from './axes.ts';
import { omeHelp, positive, positiveHelp, ring, ringHelp, roisHelp, zarrHelp } from './measure-options.ts';
import { withObjectOptions } from './object-options.ts';
import { planesOption } from './planes.ts';

/** Parses the value of --channel; which there are is known when a file is opened. */
function channel(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('the number or the name of a channel is needed.');
  return text;
}

/** Adds the options of run, submit and jobs rerun for all that a user chooses of a job beside its model (core/job-choices). */
export const withChoices = (command: Command, channelHelp: string): Command =>
  withObjectOptions(
    command.option('-c, --channel <channel>', channelHelp, channel).option('--axes <axes>', axesHelp, axes),
  )
    .addOption(planesOption())
    .option('--ring <px>', ringHelp, ring)
    .option('--positive <channel=threshold>', positiveHelp, positive)
    .option('--rois', roisHelp)
    .option('--ome', omeHelp)
    .option('--zarr', zarrHelp);
