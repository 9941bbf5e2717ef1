import { describe, expect, it } from '@jest/globals';
import {
  bytesOfJob,
  estimateCost,
  monthlyStorageUsd,
  predictSeconds,
  remarks,
  usageOfFolder,
  usageOfIdleMonth,
  usageOfJob,
  usageOfStack,
} from '../../../cli/deploy/cost/estimate.ts';
import { items, pricesIn, priceTable, units } from '../../../cli/deploy/cost/prices.ts';
import { readConfig } from '../../../infra/config.ts';

const config = readConfig({ memory: '3584', retentionDays: '73' });
const day = 12 / 365; // of a month
const objects = {
  uploads: { count: 0, bytes: 0 },
  inputs: { count: 10, bytes: 400e6 },
  results: { count: 40, bytes: 23e6 },
  downloads: { count: 1, bytes: 25e6 },
  models: { count: 0, bytes: 0 },
};

describe('the table of prices', () => {
  it('has every item in every region, and its page', () => {
    for (const prices of Object.values(priceTable.regions)) expect(Object.keys(prices)).toEqual(Object.keys(units));
    expect(Object.keys(items)).toEqual(Object.keys(units));
    expect(Object.values(items).filter(({ page }) => !/^aws\.amazon\.com\/[\w/-]+$/.test(page))).toEqual([]);
  });

  it('has prices above nothing, of less than 5 dollars a unit', () => {
    const all = Object.values(priceTable.regions).flatMap((prices) => Object.values(prices));
    expect(all.filter((price) => !(price > 0 && price < 5))).toEqual([]);
  });

  it('takes the dearer region for one that it does not have, and says so', () => {
    expect(pricesIn('sa-east-1').of).toBe('eu-central-1');
    expect(pricesIn('us-east-1')).toMatchObject({ of: 'us-east-1', estimated: [] });
    expect(remarks('sa-east-1')).toEqual([
      `list prices of eu-central-1 on ${priceTable.date}, without tax; free tiers are named, not subtracted`,
      'the table has no prices of sa-east-1',
    ]);
  });
});

describe('what usage costs', () => {
  it('is the sum of its lines, the dearest first', () => {
    const cost = estimateCost({ storage: 10, computeX64: 1000, dashboards: 0, api: 1e6 }, 'us-east-1');
    expect(cost.lines.map(({ item, usd }) => [item, Number(usd.toFixed(9))])).toEqual([
      ['api', 1],
      ['storage', 0.23],
      ['computeX64', 0.0166667],
    ]);
    expect(cost.usd).toBeCloseTo(1.2466667, 9);
  });

  it('names free tiers, and prices that are estimates', () => {
    const { lines } = estimateCost({ api: 1e6, messages: 1e6 }, 'eu-central-1');
    expect(lines).toEqual(
      [
        { item: 'api', what: 'API Gateway, HTTP API', amount: 1e6, unit: 'requests', usd: 1.22, estimated: true },
        { item: 'messages', what: 'SQS', amount: 1e6, unit: 'requests', usd: 0.39999999999999997, free: '1 million' },
      ].map((line) => ({ ...line, usd: expect.closeTo(line.usd, 9) })),
    );
  });

  it('of buckets is by the GB and month', () => {
    expect(monthlyStorageUsd(100e9, 'eu-central-1')).toBeCloseTo(2.45, 9);
    expect(monthlyStorageUsd(0, 'us-east-1')).toBe(0);
  });
});

describe('the usage of a folder', () => {
  it('is what was counted and measured, times its files', () => {
    const usage = usageOfFolder({ files: 1000, megabytes: 40, seconds: 4 }, config);
    expect(usage).toMatchObject({
      storage: expect.closeTo(40 * 10 * day + 2 * 2.33 * 73 * day, 9),
      writes: 6005,
      reads: 12_001,
      download: expect.closeTo(2.33, 9),
      messages: 3006,
      tableWrites: 6102,
      tableReads: 6707,
      api: 700,
      invocations: 1702,
    });
    // 3.5 GB × 4 s × 1000, then zip with 1769 MB and the API with 512 MB.
    expect(usage.computeX64).toBeCloseTo(14_000 + (1769 / 1024) * 120 + 0.5 * 35, 6);
  });

  it('takes seconds in proportion to size and processors where nobody measured', () => {
    expect(predictSeconds({ memory: 3538 }, 40)).toBeCloseTo(2.5875, 9);
    expect(predictSeconds({ memory: 1769 }, 80)).toBeCloseTo(10.35, 9);
  });

  it('is billed by the architecture', () => {
    const arm = usageOfFolder({ files: 1, megabytes: 40 }, readConfig({ architecture: 'arm64' }));
    expect(arm.computeArm64).toBeGreaterThan(8);
    expect(arm.computeX64).toBeUndefined();
  });
});

describe('the usage of an idle month', () => {
  it('is what looks for work, and what shows it', () => {
    const usage = usageOfIdleMonth(config);
    expect(usage).toEqual({
      computeX64: expect.closeTo(8760 * 1.2 * 0.25, 6),
      invocations: 8760,
      messages: 2_006_040, // 3 queues, 5 requests of 20 s each; 4 a sweep
      tableReads: 70_080,
      logs: expect.closeTo(0.007008, 9),
      dashboards: 0,
      alarms: 0,
      schedules: 8760,
    });
  });

  it.each(['us-east-1', 'eu-central-1'])(
    'costs less than a dollar in %s, and so do 1,000 images of 40 MB',
    (region) => {
      const byDefault = readConfig({});
      expect(estimateCost(usageOfIdleMonth(byDefault), region).usd).toBeLessThan(1);
      expect(estimateCost(usageOfFolder({ files: 1000, megabytes: 40 }, byDefault), region).usd).toBeLessThan(1);
    },
  );

  it('has a fourth queue where notices are sent, and a dashboard where one is wanted', () => {
    const more = usageOfIdleMonth(readConfig({ mailFrom: 'jobs@lab.example', dashboard: 'true' }));
    expect(more).toMatchObject({ messages: 2_663_040, dashboards: 1 });
  });

  it('has alarms where somebody gets them', () => {
    expect(usageOfIdleMonth(readConfig({ alarmEmail: 'it@lab.example' })).alarms).toBe(10);
  });
});

describe('the usage of a job', () => {
  const handled = { predict: { messages: 10, seconds: 30 }, zip: { messages: 1, seconds: 2 } };

  it('is that of its objects and of the seconds that its functions logged', () => {
    const usage = usageOfJob({ owner: 'ada', objects, handled }, config);
    expect(usage).toMatchObject({ invocations: 11, messages: 33, writes: 65, reads: 121, download: 0.025 });
    expect(usage.computeX64).toBeCloseTo(30 * 3.5 + (1769 / 1024) * 2, 9);
    expect(usage.storage).toBeCloseTo(0.4 * 10 * day + 0.048 * 73 * day, 9);
    expect(bytesOfJob({ objects })).toBe(448e6);
  });

  it('has the machines that worked on its large images, as they say', () => {
    const usage = usageOfJob({ owner: 'ada', objects, handled, machineUsd: 0.125 }, config);
    expect(estimateCost(usage, 'us-east-1').lines.find(({ item }) => item === 'machines')).toMatchObject({
      ...{ amount: 0.125, unit: 'USD', usd: 0.125 },
    });
    expect(usageOfJob({ owner: 'ada', objects, handled }, config)).not.toHaveProperty('machines');
  });

  it('is estimated from its bytes where the logs are gone', () => {
    const { computeX64, invocations } = usageOfJob({ owner: 'ada', objects, handled: {} }, config);
    expect(invocations).toBe(12);
    expect(computeX64).toBeCloseTo(3.5 * predictSeconds(config, 400) + (1769 / 1024) * 1.2, 9);
  });
});

it('a stack is billed by what AWS counted, and by its days', () => {
  const metrics = {
    ...{ seconds: { predict: 100, api: 20 }, invocations: 300, apiRequests: 200, tableReads: 50, tableWrites: 60 },
    ...{ messages: 9000, logBytes: 2e6, byteDays: 365e9 },
  };
  const usage = usageOfStack(metrics, 73, config);
  expect(usage).toEqual({
    computeX64: expect.closeTo(100 * 3.5 + 20 * 0.5, 9),
    invocations: 300,
    storage: expect.closeTo(12, 9),
    messages: 9000,
    tableReads: 50,
    tableWrites: 60,
    api: 200,
    logs: 0.002,
    dashboards: 0,
    alarms: 0,
    schedules: expect.closeTo(8760 * 2.4, 6),
  });
  const builds = usageOfStack({ ...metrics, buildSeconds: 600 }, 73, config);
  expect(estimateCost(builds, 'us-east-1').lines.find(({ item }) => item === 'builds')).toMatchObject({
    ...{ amount: 10, unit: 'minutes', usd: 0.05, free: '100 minutes' },
  });
});
