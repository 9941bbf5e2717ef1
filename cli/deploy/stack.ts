import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalWorkspace, type Stack, StackNotFoundError } from '@pulumi/pulumi/automation/index.js';
import { parse } from 'yaml';
import { program } from '../../infra/program.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';
import { type AwsAccount, openAccount } from './account.ts';
import { findEngine } from './engine/engine.ts';
import { explainEngineFault, textOf } from './engine/faults.ts';
import { boundRoles, checkedConfig, parseConfig, project, resumeConfig } from './settings.ts';
import { findState, openState, type State } from './state.ts';

export interface StackOptions {
  stack: string;
  region?: string;
  /** `key=value`; a key without `:` is labdeploy's own. */
  config?: readonly string[];
}

/** One stack of the account, ready to be changed. Disposing removes what was needed to talk to the engine. */
export interface OpenStack extends AsyncDisposable {
  name: string;
  account: AwsAccount;
  state: State;
  engine: Stack;
}

/**
 * Opens a stack that exists, else throws `stackNotFound`. `make` makes an empty one where there is none, and the state
 * too; `imagine` does so on this machine only, until it is disposed: for looking at what would be.
 */
export async function openStack(
  options: StackOptions,
  context: CommandContext,
  absent: 'refuse' | 'make' | 'imagine' = 'refuse',
): Promise<OpenStack> {
  const { stack: name } = options;
  assertName(name);
  const settings = parseConfig(options.config ?? []);
  const account = await openAccount(options.region, context.env);
  const pulumiCommand = await findEngine(context.io);
  await using opened = new AsyncDisposableStack();
  const { folder, own } = await workFolder(context.cwd);
  if (!own) opened.defer(() => rm(folder, { recursive: true, force: true }));
  const assertGiven = () => own || checkedConfig(settings); // a folder of one's own has more; it is read with the stack
  const state = await stateFor(absent, account, context, opened, assertGiven);
  if (state === undefined) throw new UserError('stackNotFound', { name, region: account.region });
  const environment = { pulumiCommand, workDir: folder, envVars: engineVariables(account, state) };
  try {
    const args = { stackName: name, projectName: project, program };
    const engine = await LocalWorkspace.selectStack(args, environment).catch(async (error: unknown) => {
      if (absent === 'refuse' || !(error instanceof StackNotFoundError)) throw error;
      assertGiven();
      return LocalWorkspace.createStack(args, environment);
    });
    if (!own) await resumeConfig(engine);
    await engine.setAllConfig({ 'aws:region': { value: account.region }, ...settings });
    checkedConfig(await engine.getAllConfig());
    if (absent !== 'refuse') await boundRoles(engine, account);
    const rest = opened.move();
    return { name, account, state, engine, [Symbol.asyncDispose]: () => rest.disposeAsync() };
  } catch (error) {
    if (error instanceof StackNotFoundError) {
      throw new UserError('stackNotFound', { name, region: account.region }, { cause: error });
    }
    throw error instanceof UserError ? error : (explainEngineFault({ message: textOf(error) }, name, error) ?? error);
  }
}

async function stateFor(
  absent: 'refuse' | 'make' | 'imagine',
  account: AwsAccount,
  { env }: CommandContext,
  opened: AsyncDisposableStack,
  assertGiven: () => unknown,
): Promise<State | undefined> {
  const found = await findState(account, env);
  if (found !== undefined || absent === 'refuse') return found;
  assertGiven();
  if (absent === 'make') return openState(account, env);
  const folder = await mkdtemp(join(tmpdir(), 'labdeploy-state-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  return { backendUrl: `file://${folder}`, passphrase: randomUUID() };
}

/** Every stack that the state knows. */
export async function listStacks(
  { region }: { region?: string },
  context: CommandContext,
): Promise<{ account: AwsAccount; state?: State; stacks: StackSummary[] }> {
  const account = await openAccount(region, context.env);
  const state = await findState(account, context.env);
  if (state === undefined) return { account, stacks: [] };
  const pulumiCommand = await findEngine(context.io);
  const folder = await mkdtemp(join(tmpdir(), 'labdeploy-'));
  try {
    const workspace = await LocalWorkspace.create({
      pulumiCommand,
      workDir: folder,
      envVars: engineVariables(account, state),
      projectSettings: { name: project, runtime: 'nodejs' },
    });
    const stacks = await workspace.listStacks();
    return {
      account,
      state,
      stacks: stacks.map(({ name, lastUpdate, resourceCount }) => ({
        name,
        ...(lastUpdate !== undefined && { lastUpdate }),
        resources: resourceCount ?? 0,
      })),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export interface StackSummary {
  name: string;
  /** ISO 8601. */
  lastUpdate?: string;
  resources: number;
}

/** A stack's name becomes part of every resource's name. */
const nameForm = /^[a-z][a-z0-9-]{0,19}$/;
function assertName(name: string): void {
  if (!nameForm.test(name)) throw new UserError('stackNameRefused', { name });
}

/** A folder with labdeploy's own Pulumi.yaml, such as a fork, keeps the configuration; anywhere else nothing is written. */
async function workFolder(cwd: string): Promise<{ folder: string; own: boolean }> {
  const file = join(cwd, 'Pulumi.yaml');
  if (existsSync(file)) {
    const { name } = (parse(await readFile(file, 'utf8')) ?? {}) as { name?: string };
    if (name === project) return { folder: cwd, own: true };
  }
  return { folder: await mkdtemp(join(tmpdir(), 'labdeploy-')), own: false };
}

const engineVariables = ({ region }: AwsAccount, state: State): Record<string, string> => ({
  PULUMI_BACKEND_URL: state.backendUrl,
  PULUMI_CONFIG_PASSPHRASE: state.passphrase,
  PULUMI_SKIP_UPDATE_CHECK: 'true',
  AWS_REGION: region,
});
