import { existsSync } from 'node:fs';
import type { Sides } from '../../functions/core/split-images.ts';
import { UserError } from '../errors.ts';
import { readCard } from './base-model.ts';
import { previousPackage } from './write-package.ts';

/** Where a model goes that is not better. */
export const besideOutput = (output: string): string => `${output}-not-better`;

/**
 * Sides that were decided, and the card of the package in the output folder. Throws `outputTaken` where that folder holds
 * anything but a package of this command.
 */
export async function earlierTrainings({ base, output, work }: { base: string; output: string; work: string }) {
  const beside = besideOutput(output);
  const offered = await readCard(output);
  if (offered === undefined && existsSync(output))
    throw new UserError('outputTaken', { folder: output, holds: 'it is no model that labdeploy train wrote' });
  const others = [base, beside, previousPackage(beside, work), previousPackage(output, work)];
  const cards = await Promise.all(others.map(readCard));
  const sides: Sides = Object.assign({}, ...cards.map((card) => card?.sides), offered?.sides);
  return { sides, offered };
}
