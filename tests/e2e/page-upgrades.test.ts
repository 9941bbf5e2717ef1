import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { archivePrices } from '../../functions/stack/archive-prices.ts';
import { axeFindings, excessWidth, hasChromium, watchFaults, withoutChromium } from '../support/page.ts';
import { arrive, type Person } from '../support/page-people.ts';
import { openPageWorld, type PageWorld } from '../support/page-world.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const describeInBrowser = hasChromium ? describe : describe.skip;

describeInBrowser(`another plan on the page ${hasChromium ? '' : withoutChromium}`, () => {
  let world: PageWorld;
  let archive: Awaited<ReturnType<typeof temporaryFolder>>;
  let ada: Person;
  let bob: Person;

  beforeAll(async () => {
    archive = await temporaryFolder();
    world = await openPageWorld(['--users', '--archive-to', archive.path, '--upgrades', 'ask']);
    ada = await arrive(world, 'ada@example.org', world.service.firstAdmin!);
    await ada.page.goto(`${world.service.origin}/auth/admin`);
    await ada.page.getByRole('button', { name: 'Make the link' }).click();
    bob = await arrive(world, 'bob@example.org', (await ada.page.locator('code.secret').textContent())!);
  }, 180_000);
  afterAll(async () => {
    await world?.[Symbol.asyncDispose]();
    await archive?.[Symbol.asyncDispose]();
  });

  const look = async (page: Person['page']) => {
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await axeFindings(page)).toEqual([]);
    expect(await excessWidth(page)).toBe(0);
  };

  it('is asked for, withdrawn, asked for again, and granted by an administrator, with a click or on the page of members', async () => {
    const faults = [ada, bob].map(({ context }) => watchFaults(context, world.service.origin));
    await bob.page.goto(`${world.service.origin}/usage`);
    await bob.page.getByText('You have the plan standard.').waitFor();
    await bob.page.getByLabel('Another plan').selectOption('free');
    await bob.page.getByText('Results are archived 5 min after a job completed').waitFor();
    await bob.page.getByLabel('Another plan').selectOption('premium');
    await bob.page.getByRole('button', { name: 'Ask for this plan' }).click();
    await bob.page.getByText(/^You asked for the plan premium/).waitFor();
    expect(await bob.page.getByRole('button', { name: 'Ask for this plan' }).isDisabled()).toBe(true);
    await look(bob.page);
    await bob.page.getByRole('button', { name: 'Withdraw' }).click();
    await bob.page.getByText(/^You asked for the plan premium/).waitFor({ state: 'detached' });
    await bob.page.getByRole('button', { name: 'Ask for this plan' }).click();
    await bob.page.getByText(/^You asked for the plan premium/).waitFor();

    await ada.page.goto(`${world.service.origin}/lab`);
    await ada.page.getByText(/^has standard, asks for premium since/).waitFor();
    await look(ada.page);
    expect(await ada.page.getByRole('heading', { name: 'Archive' }).count()).toBe(0);
    await ada.page.getByRole('button', { name: 'Grant premium to bob@example.org' }).click();
    await ada.page.getByText('No requests for another plan.').waitFor();
    await ada.page.locator('li', { hasText: 'bob@example.org' }).getByText('Plan: premium').waitFor();

    await bob.page.reload();
    await bob.page.getByText('You have the plan premium.').waitFor();

    await bob.page.getByLabel('Another plan').selectOption('large');
    await bob.page.getByRole('button', { name: 'Ask for this plan' }).click();
    await bob.page.getByText(/^You asked for the plan large/).waitFor();
    await ada.page.goto(`${world.service.origin}/auth/admin`);
    const row = ada.page.locator('li', { hasText: 'bob@example.org' });
    await row.getByLabel('Plan', { exact: true }).selectOption('large');
    await row.getByRole('button', { name: 'Set plan' }).click();
    await ada.page.waitForURL(/done/);
    await ada.page.goto(`${world.service.origin}/lab`);
    await ada.page.getByText('No requests for another plan.').waitFor();
    expect(await ada.page.getByRole('heading', { name: 'Archive' }).count()).toBe(0);
    expect(faults.flat()).toEqual([]);
  }, 180_000);

  it('would cost what an administrator sees beside what is archived, by list prices where there are some', async () => {
    const item = { name: 'plate', state: 'archived', since: '2026-11-29T10:00:00.000Z' };
    const items = [
      { ...item, owner: 'b', id: 'plate-001', bytes: 40e9 },
      { ...item, owner: 'a', id: 'plate-002', bytes: 1e8 },
    ];
    const page = [
      { items: [items[0]], cursor: 'next', prices: archivePrices },
      { items: [items[1]], prices: archivePrices },
    ];
    await ada.page.route('**/v1/lab/archive*', (route) =>
      route.fulfill({ json: page[route.request().url().includes('cursor=next') ? 1 : 0] }),
    );
    await ada.page.goto(`${world.service.origin}/lab`);
    await ada.page
      .getByText('Archived jobs: 2, 40.1 GB. They cost about $0.14 a month, and would cost $0.92 where')
      .waitFor();
    const rows = ada.page.locator('li', { hasText: 'brings them back' });
    expect(await rows.allInnerTexts()).toEqual([
      expect.stringMatching(
        /^b\s+Archived jobs: 1, 40 GB\. Another plan brings them back for about \$0\.40, one without/,
      ),
      expect.stringMatching(
        /^a\s+Archived jobs: 1, 100 MB\. .* about \$0\.01, one without the fast way for <\$0\.01\.$/,
      ),
    ]);
    await ada.page.getByText(/^By list prices of us-east-1 on \d{4}-\d\d-\d\d, without tax\./).waitFor();
    await look(ada.page);
  }, 180_000);
});
