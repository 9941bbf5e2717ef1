import type { Config } from '../../../infra/config.ts';
import type { PriceChange } from '../../io/deploy-events.ts';
import { estimateCost, usageOfFolder, usageOfIdleMonth } from './estimate.ts';
import { machineHour, machineHourUsd } from './machine-prices.ts';

/** A day of a small lab. Source: the defaults of labdeploy cost. */
const folder = { files: 1000, megabytes: 40 };

/** What a stack costs by the settings that it has and those that it will have. */
export function priceChanges(before: Config | undefined, after: Config, region: string): PriceChange[] {
  const compared: [string, (config: Config) => number | undefined][] = [
    ['a month without use', (config) => estimateCost(usageOfIdleMonth(config), region).usd],
    ['1,000 images of 40 MB, kept as long as set', (config) => estimateCost(usageOfFolder(folder, config), region).usd],
    [machineHour, (config) => machineHourUsd(config, region)],
  ];
  return compared.flatMap(([of, priceOf]) => {
    const [was, is] = [before && priceOf(before), priceOf(after)];
    return is === undefined ? [] : [{ of, ...(was !== undefined && { before: was }), after: is }];
  });
}
