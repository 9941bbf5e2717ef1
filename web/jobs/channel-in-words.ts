import type { Results } from '../../functions/contract/results.ts';
import { strings } from '../strings.ts';

/** The channel of a job. `wanted`: as the job has it, a number from 0 or a name. `predicted`: what that was in an image. */
export function channelInWords(
  wanted: number | string | undefined,
  predicted: NonNullable<Results['summary']>['channel'] | undefined,
): string {
  const named = predicted?.name;
  if (wanted === undefined) {
    const chosen = predicted && (named ?? strings.channelNumber(predicted.index));
    return chosen === undefined ? strings.modelChoice : `${strings.modelChoice}: ${chosen}`;
  }
  if (typeof wanted === 'string') return wanted;
  return named === undefined ? strings.channelNumber(wanted) : `${named} (${strings.channelNumber(wanted)})`;
}
