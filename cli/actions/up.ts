import { setTimeout as wait } from 'node:timers/promises';
import { inviteFirstAdmin } from '../../functions/runtime/stack-accounts.ts';
import type { Config } from '../../infra/config.ts';
import type { CommandContext } from '../context.ts';
import { setBrokerSecrets } from '../deploy/broker-secrets.ts';
import { fitConcurrency } from '../deploy/concurrency.ts';
import { priceChanges } from '../deploy/cost/price-changes.ts';
import { pricesIn, priceTable } from '../deploy/cost/prices.ts';
import { endingSooner } from '../deploy/ending-sooner.ts';
import { forgetDeletedUserPools } from '../deploy/engine/deleted-user-pools.ts';
import { resourcesOf } from '../deploy/engine/engine-state.ts';
import { assertFree } from '../deploy/engine/lock-files.ts';
import { type PlannedChange, runOperation } from '../deploy/engine/run-operation.ts';
import { resourceOf } from '../deploy/engine/urn.ts';
import { assertFitCognito, institutionsWithSecrets, setInstitutions } from '../deploy/institutions.ts';
import { assertKeepsData, tellLosses } from '../deploy/keeps-data.ts';
import { outputsOfUp } from '../deploy/outputs.ts';
import { checkedConfig, project } from '../deploy/settings.ts';
import { type OpenStack, openStack, type StackOptions } from '../deploy/stack.ts';
import { type Discardable, dataOf } from '../deploy/stateful.ts';
import { resumeExpiry } from '../deploy/teardown/expiry.ts';
import { probe } from '../deploy/wait-until-reachable.ts';
import { UserError } from '../errors.ts';
import type { ChangeView } from '../io/plan-text.ts';

export interface UpOptions extends StackOptions {
  /** E-mail address of the first administrator. */
  admin?: string;
  /** False: do not wait until the page answers. */
  wait: boolean;
  /** Settings whose data may go, where they are switched off. */
  discard?: Discardable[];
}

/** A new distribution can take a quarter of an hour to be known everywhere; most answer after a minute or two. */
const answersWithinMs = 15 * 60_000;
const askEveryMs = 3000;

/** Makes a stack, or brings it up to date. Safe to repeat after any interruption: it goes on from what is there. */
export async function up(options: UpOptions, context: CommandContext): Promise<void> {
  const { io, signal } = context;
  const started = performance.now();
  await using stack = await openStack(options, context, 'make');
  tellStart(stack, context);
  await askSettings(stack, context);
  await fitAccount(stack, context);
  const institutions = await askInstitutions(stack, context);
  await assertFree(stack, context);
  await tellTakesUp(stack, context);
  const { refresh = false } = options;
  if (refresh) await forgetDeletedUserPools(stack);
  const { changes } = await runOperation(stack, 'preview', io, { signal, refresh, command: 'up' });
  await assertKeepsData(stack, changes, options.discard ?? []);
  if (changes.length > 0) {
    await tellPrices(stack, context);
    io.emit('deploy.plan', { stack: stack.name, changes: changes.map(viewOf) });
    if (!(await context.confirm(`Make these changes to ${stack.name}?`)))
      throw new UserError('declined', { command: 'up' });
    await runOperation(stack, 'up', io, { signal, refresh, planned: changes });
  }
  const outputs = await outputsOfUp(stack);
  const { account } = stack;
  const brokerSecret = await setBrokerSecrets(institutions, { stack: stack.name, account });
  const set = await setInstitutions(institutions, { account, ...outputs, brokerSecret });
  if (set.length > 0) io.emit('up.institutions', { names: set });
  if (!(await resumeExpiry(outputs.table, stack.account))) io.emit('up.expiryLater', { table: outputs.table });
  if (options.wait) await untilItAnswers(outputs.url, context);
  const { admin } = options;
  const pool = { client: stack.account.client, userPoolId: outputs.userPoolId };
  const invited = admin !== undefined && (await inviteFirstAdmin(pool, admin));
  io.emit('up.done', {
    stack: stack.name,
    url: outputs.url,
    changed: changes.length,
    seconds: (performance.now() - started) / 1000,
    ...(invited && { invited: admin }),
    outputs: { ...outputs },
  });
}

/** Says what `up` would do; changes nothing. */
export async function preview(options: StackOptions, context: CommandContext): Promise<void> {
  await using stack = await openStack(options, context, 'imagine');
  tellStart(stack, context);
  if (stack.fileSettings !== undefined) tellSettings(stack.name, stack.fileSettings, context);
  await fitAccount(stack, context);
  await assertFitCognito(checkedConfig(await stack.engine.getAllConfig()).signInWith, context.signal);
  await tellTakesUp(stack, context);
  const { refresh = false } = options;
  const { changes } = await runOperation(stack, 'preview', context.io, { signal: context.signal, refresh });
  await tellLosses(stack, changes, context.io);
  await tellPrices(stack, context);
  context.io.emit('preview.done', { stack: stack.name, changes: changes.map(viewOf) });
}

function tellStart({ name, account, firstSettings }: OpenStack, { io }: CommandContext): void {
  io.emit('deploy.started', { stack: name, account: account.id, region: account.region, as: account.arn });
  const { name: file = '', settings = {} } = firstSettings ?? {};
  const values = Object.entries(settings).map(([key, { value }]) => [key.replace(`${project}:`, ''), value]);
  if (values.length > 0) io.emit('deploy.firstSettings', { stack: name, file, settings: Object.fromEntries(values) });
}

async function tellPrices(open: OpenStack, context: CommandContext) {
  const { engine, name: stack, account, deployed } = open;
  const { region } = account;
  const before = deployed === undefined ? undefined : checkedConfig(deployed);
  const after = checkedConfig(await engine.getAllConfig());
  tellEndsSooner(open, after, context);
  const prices = priceChanges(before, after, region);
  context.io.emit('deploy.prices', { stack, region: pricesIn(region).of, date: priceTable.date, prices });
}

/** No resource goes, but what people have. */
function tellEndsSooner({ name: stack, deployed }: OpenStack, after: Config, { io }: CommandContext): void {
  const sooner = deployed && endingSooner(checkedConfig(deployed), after);
  if (sooner !== undefined) io.emit('deploy.endsSooner', { stack, ...sooner });
}

/** Four queues that feed as many functions as the account may run would leave none for the page. */
async function fitAccount({ engine, account, name: stack }: OpenStack, { io }: CommandContext): Promise<void> {
  const fitted = await fitConcurrency(engine, account);
  if (fitted !== undefined) io.emit('deploy.fitted', { stack, ...fitted });
}

/** Nothing is made before each institution fits and its secret is there. */
async function askInstitutions({ engine, name: stack, account }: OpenStack, context: CommandContext) {
  const { signInWith } = checkedConfig(await engine.getAllConfig());
  await assertFitCognito(signInWith, context.signal);
  return institutionsWithSecrets(signInWith, { stack, account }, context);
}

/** What `destroy --keep-data` left does not expire until the stack is there again. */
async function tellTakesUp({ engine, name, last }: OpenStack, { io }: CommandContext): Promise<void> {
  if (last?.kind !== 'destroy' || !(await resourcesOf(engine)).some(({ urn }) => dataOf(urn) !== undefined)) return;
  const { retentionDays, inputDays } = checkedConfig(await engine.getAllConfig());
  io.emit('deploy.takesUp', { stack: name, retentionDays, inputDays: Math.min(inputDays, retentionDays) });
}

/** What is deployed counts: a file with other settings may be a fresh clone's. Who sits at a terminal is asked. */
async function askSettings({ name, fileSettings }: OpenStack, context: CommandContext): Promise<void> {
  if (fileSettings === undefined) return;
  tellSettings(name, fileSettings, context);
  if (await context.choose(`Deploy the settings of ${fileSettings.name}? No keeps those that are deployed.`))
    await fileSettings.take();
}

function tellSettings(
  stack: string,
  { name: file, differences }: NonNullable<OpenStack['fileSettings']>,
  { io }: CommandContext,
): void {
  io.emit('deploy.settingsDiffer', { stack, file, differences: [...differences] });
}

const viewOf = ({ urn, type, op, properties }: PlannedChange): ChangeView => ({
  op,
  resource: resourceOf(urn),
  type,
  ...(properties !== undefined && { properties }),
});

/** Both the page and the API behind it. */
async function untilItAnswers(url: string, { io, signal }: CommandContext): Promise<void> {
  const started = Date.now();
  for (let trouble = ''; ; ) {
    trouble = (await probe(`${url}/`)) ?? (await probe(`${url}/healthz`)) ?? '';
    if (trouble === '') return;
    const elapsed = Date.now() - started;
    if (elapsed > answersWithinMs) throw new UserError('notAnswering', { url, detail: trouble });
    io.emit('deploy.waiting', { url, seconds: elapsed / 1000 });
    await wait(askEveryMs, undefined, { signal }).catch(() => {
      throw new UserError('interrupted', { next: 'the service is deployed; labdeploy up shows its address' });
    });
  }
}
