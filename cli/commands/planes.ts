import { Option } from 'commander';
import { planeModes } from '../../functions/core/plane-mode.ts';

/** `--planes`, of run and submit. */
export const planesOption = (): Option =>
  new Option(
    '--planes <how>',
    'several planes of an image: link objects across depth and time so that each counts once (the default), each plane by itself, or the max or mean of all depths',
  ).choices(planeModes);
