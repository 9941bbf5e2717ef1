import { InvalidArgumentError } from 'commander';
import { areRules, mostRules, type PositiveRule, parseRule, ruleName } from '../../functions/core/positive.ts';
import { widestRing } from '../../functions/core/positive-settings.ts';

export const ringHelp = 'also measure every channel in a ring of so many pixels around each object';

export function ring(text: string): number {
  const value = Number(text);
  if (!(value >= 1 && value <= widestRing))
    throw new InvalidArgumentError(`a number of pixels from 1 to ${widestRing} is needed`);
  return value;
}

export const roisHelp = 'also write the objects as ROIs for Fiji (NAME_rois.zip)';
export const zarrHelp = 'also write the labels as OME-Zarr in one file (NAME_labels.ozx)';
export const omeHelp = 'also write the labels as OME-TIFF (NAME_labels.ome.tif)';

export const positiveHelp =
  'in which channel objects are positive, and above which mean: a number, "otsu" (of all objects) or "bg+3" (3 standard deviations above the background); once a channel';

/** Adds one rule to those before it. */
export function positive(text: string, before: readonly PositiveRule[] = []): PositiveRule[] {
  const rule = parseRule(text);
  if (rule === undefined) throw new InvalidArgumentError('such as GFP=800, GFP=otsu, or GFP=bg+3.');
  const rules = [...before, rule];
  if (!areRules(rules))
    throw new InvalidArgumentError(
      rules.length > mostRules
        ? `at most ${mostRules} channels can be given.`
        : `channel ${ruleName(rule)} is there twice: give each channel one threshold.`,
    );
  return rules;
}
