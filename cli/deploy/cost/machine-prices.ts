import { hourlyUsd, type MachineSize, machineSizes, machineTerms } from '../../../functions/core/machine-sizes.ts';
import type { Config } from '../../../infra/config.ts';
import { machinePrices } from '../../../infra/machine-prices.ts';

const [smallest, largest] = [machineSizes[0], machineSizes.at(-1)!];

const sizeText = ({ vcpus, memoryMb }: MachineSize): string => `${vcpus} processors and ${memoryMb / 1024} GB`;

/** Of the smallest machine for large images; undefined where a stack has none. */
export const machineHourUsd = ({ large }: Config, region: string): number | undefined =>
  large === 'off' ? undefined : hourlyUsd(smallest, machinePrices(region));

/** Of the machine whose price `machineHourUsd` says. */
export const machineHour = `an hour of a machine for large images (${sizeText(smallest)})`;

/**
 * What a lab should know of its machines before they cost something; none where it has no machines. That Spot is about 70 %
 * cheaper is what AWS's users paid in 2026.
 */
export function machineRemarks(config: Config, region: string): string[] {
  if (config.large === 'off') return [];
  const { startMinutes, hourlyUsd } = machineTerms(machinePrices(region));
  const [least, most] = [smallest, largest].map(
    (size, i) => `$${hourlyUsd[i]!.toFixed(2)} an hour of ${sizeText(size)}`,
  );
  return [
    `images that a function has no memory or time for go to machines, which start in ${startMinutes.join(' to ')} minutes and end a minute after the last image: ${least}, ${most} at most, without Spot's discount of about 70 %; at $${config.largeMonthlyLimit.toFixed(2)} a month they wait for the next`,
  ];
}
