import { expect, it } from '@jest/globals';
import { machineRemarks } from '../../../cli/deploy/cost/machine-prices.ts';
import { priceChanges } from '../../../cli/deploy/cost/price-changes.ts';
import { events } from '../../../cli/io/events.ts';
import { machineTerms } from '../../../functions/core/machine-sizes.ts';
import { readConfig } from '../../../infra/config.ts';
import { strings } from '../../../web/strings.ts';

const textOf = (prices: ReturnType<typeof priceChanges>) =>
  events['deploy.prices'].text({ stack: 'dev', region: 'us-east-1', date: '2026-11-21', prices }).split('\n');

it('a dashboard adds three dollars to an idle month, and nothing to a folder', () => {
  const prices = priceChanges(readConfig({}), readConfig({ dashboard: 'true' }), 'us-east-1');
  const [idle, folder] = prices;
  expect(idle!.after - idle!.before!).toBeCloseTo(3, 9);
  expect(folder!.after).toBe(folder!.before);
  expect(textOf(prices)[0]).toBe('a month without use: $0.87 → $3.87');
});

it('machines for large images say what an hour of one costs, once there are some', () => {
  const machines = readConfig({ large: 'cpu', largeImage: 'registry.lab.example/labdeploy:1' });
  const [, , machine] = priceChanges(readConfig({}), machines, 'us-east-1');
  // 4 processors of 0.04048, 30 GB of 0.004445, an address of 0.005
  expect(machine).toEqual({
    of: 'an hour of a machine for large images (4 processors and 30 GB)',
    after: expect.closeTo(0.30027, 9),
  });
  expect(priceChanges(machines, machines, 'us-east-1')[2]!.before).toBe(machine!.after);
  expect(priceChanges(machines, readConfig({}), 'us-east-1')).toHaveLength(2);
  expect(machineRemarks(readConfig({}), 'us-east-1')).toEqual([]);
  expect(machineRemarks(machines, 'us-east-1')).toEqual([
    "images that a function has no memory or time for go to machines, which start in 1 to 3 minutes and end a minute after the last image: $0.30 an hour of 4 processors and 30 GB, $1.19 an hour of 16 processors and 120 GB at most, without Spot's discount of about 70 %; at $20.00 a month they wait for the next",
  ]);
});

it('whoever sends images is told when a machine starts and what its hour costs', () => {
  const terms = machineTerms({ vcpuHour: 0.04048, gigabyteHour: 0.004445, addressHour: 0.005 });
  expect(events['submit.machines'].text(terms)).toBe(
    'images that need more time or memory than others go to a larger machine, which starts in 1 to 3 minutes and costs $0.30 to $1.19 an hour, or less',
  );
  expect(strings.machines(terms)).toBe(
    'Images that need more time or memory than others go to a larger machine. It starts in 1 to 3 minutes and costs $0.30 to $1.19 an hour, or less.',
  );
});

it('a first deployment has no price before', () => {
  const prices = priceChanges(undefined, readConfig({}), 'us-east-1');
  expect(prices.map((each) => 'before' in each)).toEqual([false, false]);
  expect(textOf(prices)).toEqual([
    'a month without use: $0.87',
    '1,000 images of 40 MB, kept as long as set: $0.81',
    'list prices of 2026-11-21 in us-east-1, without tax; more by labdeploy cost',
  ]);
});
