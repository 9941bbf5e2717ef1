import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { JobPage } from '../../functions/contract/jobs.ts';
import { type Operation, operations, operationsWith } from '../../functions/contract/operations.ts';
import type { ProblemView } from '../../functions/contract/problem-view.ts';
import { noFeatures } from '../../functions/core/features.ts';
import { makeSamples } from '../../samples/make.ts';
import { modelFolder } from '../support/models.ts';
import { axeFindings, excessWidth, hasChromium, watchFaults, withoutChromium } from '../support/page.ts';
import { arrive, fillSignIn, type Person, tokensOf } from '../support/page-people.ts';
import { openPageWorld, type PageWorld } from '../support/page-world.ts';

const describeInBrowser = hasChromium ? describe : describe.skip;

/** What each operation needs to be asked properly; one without a row is asked without. */
const path = 'sparse.tif';
const uploadId = 'a'.repeat(32);
const bodies: Record<string, unknown> = {
  signUploads: { files: [{ path, bytes: 1 }] },
  signParts: { path, uploadId, parts: [1] },
  completeUpload: { path, uploadId, parts: [{ part: 1, etag: 'x' }] },
};
const queries: Record<string, string> = {
  listParts: `?path=${path}&uploadId=${uploadId}`,
  showResults: `?path=${path}`,
};
const ofOneJob = operationsWith(noFeatures).filter(({ path }) => path.includes('{id}'));

describeInBrowser(`two people ${hasChromium ? '' : withoutChromium}`, () => {
  let world: PageWorld;
  let ada: Person;
  let bob: Person;
  let job: string;
  let faults: string[];

  beforeAll(async () => {
    world = await openPageWorld(['--users', '--sign-up', 'open', '--model', modelFolder('identity')]);
    const { at, service } = world;
    await mkdir(at('samples'));
    await makeSamples(at('samples'));
    await mkdir(at('secret'));
    await writeFile(at('secret', path), await readFile(at('samples/images', path)));
    ada = await arrive(world, 'ada@example.org', service.firstAdmin!);
    await world.send(at('secret'), ada.page);
    await world.ended('completed', ada.page);
    job = new URL(ada.page.url()).pathname.split('/').at(-1)!;
    bob = await arrive(world, 'bob@example.org', await invite());
  }, 120_000);
  afterAll(async () => world?.[Symbol.asyncDispose]());

  async function invite(): Promise<string> {
    await ada.page.goto(`${world.service.origin}/auth/admin`);
    await ada.page.getByRole('button', { name: 'Make the link' }).click();
    return (await ada.page.locator('code.secret').textContent())!;
  }
  const call = async <T>({ id, method, path }: Operation, { page }: Person): Promise<{ status: number; body: T }> => {
    const { access_token } = await tokensOf(page);
    const body = bodies[id];
    const answer = await fetch(world.service.origin + path.replace('{id}', job) + (queries[id] ?? ''), {
      method,
      headers: {
        Authorization: `Bearer ${access_token}`,
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as T };
  };

  it.each(['light', 'dark'] as const)(
    'pass axe on every screen on their way in, %s, on a phone',
    async (colorScheme) => {
      const { origin } = world.service;
      const context = await world.browser.newContext({
        colorScheme,
        viewport: { width: 360, height: 740 },
        reducedMotion: 'reduce',
      });
      const page = await context.newPage();
      await page.goto(origin);
      await page.getByRole('heading', { name: 'Segment your microscope images' }).waitFor();
      await check('welcome', page);
      await page.getByRole('button', { name: 'Create an account' }).click();
      await page.getByLabel('E-mail').waitFor();
      await check('sign in', page);
      await page.getByRole('link', { name: 'Make an account' }).click();
      await page.getByRole('heading', { name: 'Make an account' }).waitFor();
      await check('sign up', page);
      await page.goto(`${origin}/auth/forgotten`);
      await check('forgotten password', page);
      await context.close();

      await ada.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await ada.page.setViewportSize({ width: 360, height: 740 });
      await ada.page.goto(`${origin}/usage`);
      await ada.page.getByRole('link', { name: 'Account and password' }).click();
      await ada.page.getByRole('heading', { name: 'Your account' }).waitFor();
      await check('account', ada.page);
      await ada.page.getByRole('link', { name: 'Tokens for scripts' }).click();
      await ada.page.getByRole('button', { name: 'Make a token' }).click();
      await ada.page.locator('code.secret').waitFor();
      await check('tokens', ada.page);
      const invitation = await invite();
      await check('members', ada.page);

      const invited = await world.browser.newContext({ colorScheme, viewport: { width: 360, height: 740 } });
      const form = await invited.newPage();
      await form.goto(invitation);
      await form.getByRole('heading', { name: 'You are invited' }).waitFor();
      await check('invitation', form);
      await invited.close();
      await ada.page.setViewportSize({ width: 1200, height: 900 });
      await ada.page.goto(`${origin}/jobs/${job}`);
      await ada.page.getByRole('heading', { name: 'secret' }).waitFor();
    },
    120_000,
  );

  it.each(ofOneJob.map(({ id }) => id))('%s finds nothing of the other’s', async (id) => {
    const operation = operations[id as keyof typeof operations];
    const theirs = await call<ProblemView>(operation, bob);
    expect([theirs.status, theirs.body.type]).toEqual([404, 'urn:labdeploy:problem:jobMissing']);
    if (operation.method === 'GET') expect((await call<ProblemView>(operation, ada)).body.code).not.toBe('jobMissing');
  });

  it('lists one’s own jobs only', async () => {
    expect((await call<JobPage>(operations.listJobs, bob)).body).toEqual({ items: [] });
    expect((await call<JobPage>(operations.listJobs, ada)).body.items.map(({ id }) => id)).toEqual([job]);
  });

  it('are invited, listed and removed by an administrator', async () => {
    const { page } = ada;
    await page.goto(world.service.origin);
    await page.getByRole('link', { name: 'People', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'People' }).waitFor();
    await page.getByLabel('E-mail').fill('eve@example.org');
    await page.getByRole('button', { name: 'Make the link' }).click();
    const revoked = (await page.locator('code.secret').textContent())!;
    await page.getByRole('button', { name: 'Revoke: eve@example.org' }).click();
    await page.getByRole('status').getByText('Done').waitFor();
    expect(await page.getByText('eve@example.org').count()).toBe(0);
    const visitor = await world.browser.newContext();
    const form = await visitor.newPage();
    await form.goto(revoked);
    await form.getByText('This invitation is not good any more').waitFor();

    const carl = await arrive(world, 'carl@example.org', await invite());
    await page.reload();
    expect(await page.getByRole('link', { name: 'Remove: ada@example.org' }).count()).toBe(0);
    await page.getByRole('link', { name: 'Remove: carl@example.org' }).click();
    await page.getByRole('heading', { level: 1, name: 'Remove carl@example.org?' }).waitFor();
    await check('removal', page);
    await page.getByRole('button', { name: 'Remove the account' }).click();
    await page.getByRole('heading', { level: 1, name: 'People' }).waitFor();
    expect(await page.getByText('carl@example.org').count()).toBe(0);
    await form.goto(world.service.origin);
    await form.getByRole('button', { name: 'Sign in' }).click();
    await fillSignIn(form, carl.email);
    await form.getByText('The e-mail address or the password is not right').waitFor();
    await Promise.all([visitor.close(), carl.context.close()]);
  }, 60_000);

  it('download what the service keeps of them', async () => {
    const { page } = ada;
    await page.goto(`${world.service.origin}/usage`);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download all I have here' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('labdeploy-export.json');
    const kept = JSON.parse(await readFile((await download.path())!, 'utf8')) as Record<string, { id: string }[]>;
    expect(kept.jobs!.map(({ id }) => id)).toEqual([job]);
    expect(kept.account).toEqual([expect.objectContaining({ email: 'ada@example.org' })]);
    await check('usage', page);
  }, 60_000);

  it('are removed and forgotten by an administrator', async () => {
    const { at, service } = world;
    const dora = await arrive(world, 'dora@example.org', await invite());
    await world.send(at('secret'), dora.page);
    await world.ended('completed', dora.page);
    const theirs = new URL(dora.page.url()).pathname.split('/').at(-1)!;
    const { page } = ada;
    await page.goto(`${service.origin}/auth/admin`);
    await page.getByRole('link', { name: 'Remove: dora@example.org' }).click();
    await page.getByRole('button', { name: 'Remove, then forget the person' }).click();
    const person = new URL(page.url()).searchParams.get('forget')!;
    await page.getByRole('heading', { name: `Delete all of ${person}?` }).waitFor();
    await check('forget', page);
    await page.getByLabel('Type forget to delete all').fill('forget');
    await page.getByRole('button', { name: 'Delete all' }).click();
    await page.getByText(`All of ${person} is deleted: 1 jobs`).waitFor();
    const { access_token } = await tokensOf(page);
    const left = await fetch(`${service.origin}/v1/lab/jobs?owner=${person}`, {
      headers: { Authorization: `Bearer ${access_token}` },
    });
    expect([left.status, await left.json()]).toEqual([200, { items: [] }]);
    expect(theirs).not.toBe(job);
    expect((await call<JobPage>(operations.listJobs, ada)).body.items.map(({ id }) => id)).toEqual([job]);
    await dora.context.close();
  }, 120_000);

  it('shows that there is nothing at the other’s address, without asking again and again', async () => {
    const { page } = bob;
    faults = watchFaults(bob.context, world.service.origin);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    for (const address of [`/jobs/${job}`, `/jobs/${job}?image=${path}`]) {
      await page.goto(world.service.origin + address);
      await page.getByRole('alert').getByText('It was deleted, or it is not yours.').waitFor();
      expect(await page.getByText('secret').count()).toBe(0);
      await check(address, page);
    }
    expect(asked.filter((each) => each === `/v1/jobs/${job}`).length).toBeLessThanOrEqual(3);
    await page.goto(world.service.origin);
    await page.getByText('No jobs yet.').waitFor();
    expect(faults).toEqual([]);
  });
});

async function check(screen: string, page: Page): Promise<void> {
  const width = await excessWidth(page);
  expect([screen, await axeFindings(page), width]).toEqual([screen, [], 0]);
}
