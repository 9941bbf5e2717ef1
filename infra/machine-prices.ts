import type { MachinePrices } from '../functions/core/machine-sizes.ts';

/**
 * US dollars an hour of Fargate on Linux and x86 in us-east-1, and of a public IPv4 address. List prices without tax and
 * without Spot's discount, which changes: a limit by them is never passed. Source: aws.amazon.com/fargate/pricing and
 * aws.amazon.com/vpc/pricing, as third-party pages of March 2026 repeat them.
 */
const virginia: MachinePrices = { vcpuHour: 0.04048, gigabyteHour: 0.004445, addressHour: 0.005 };

/** The dearer regions of Europe, Asia and South America lie so much above: an estimate. */
const dearest = 1.3;

/** An estimate, on the high side, but for us-east-1. */
export const machinePrices = (region: string): MachinePrices =>
  region === 'us-east-1'
    ? virginia
    : { ...virginia, vcpuHour: virginia.vcpuHour * dearest, gigabyteHour: virginia.gigabyteHour * dearest };
