import { expect, it } from '@jest/globals';
import { priceChanges } from '../../../cli/deploy/cost/price-changes.ts';
import { events } from '../../../cli/io/events.ts';
import { readConfig } from '../../../infra/config.ts';

const textOf = (prices: ReturnType<typeof priceChanges>) =>
  events['deploy.prices'].text({ stack: 'dev', region: 'us-east-1', date: '2026-11-21', prices }).split('\n');

it('a dashboard adds three dollars to an idle month, and nothing to a folder', () => {
  const prices = priceChanges(readConfig({}), readConfig({ dashboard: 'true' }), 'us-east-1');
  const [idle, folder] = prices;
  expect(idle!.after - idle!.before!).toBeCloseTo(3, 9);
  expect(folder!.after).toBe(folder!.before);
  expect(textOf(prices)[0]).toBe('a month without use: $0.87 → $3.87');
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
