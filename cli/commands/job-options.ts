import type { Command } from 'commander';
import { axes, axesHelp } from './axes.ts';
import { omeHelp, positive, positiveHelp, ring, ringHelp, roisHelp } from './measure-options.ts';
import { withObjectOptions } from './object-options.ts';
import { planesOption } from './planes.ts';

/** Adds the options of run, submit and jobs rerun for all that a user chooses of a job beside its model (core/job-choices). */
export const withChoices = (command: Command, channelHelp: string): Command =>
  withObjectOptions(command.option('-c, --channel <channel>', channelHelp).option('--axes <axes>', axesHelp, axes))
    .addOption(planesOption())
    .option('--ring <px>', ringHelp, ring)
    .option('--positive <channel=threshold>', positiveHelp, positive)
    .option('--rois', roisHelp)
    .option('--ome', omeHelp);
