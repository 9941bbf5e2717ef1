import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IAMClient } from '@aws-sdk/client-iam';
import { LocalWorkspace, type Stack, StackNotFoundError } from '@pulumi/pulumi/automation/index.js';
import { parse } from 'yaml';
import { type Config, ConfigError, readConfig } from '../../infra/config.ts';
import { program } from '../../infra/program.ts';
import { boundaryArn } from '../../policies/boundary.ts';
import { UserError } from '../errors.ts';
import type { Services } from '../program.ts';
import { type AwsAccount, openAccount } from './account.ts';
import { findEngine } from './engine.ts';
import { type EngineFault, explainEngineFault } from './engine-faults.ts';
import { isPolicy } from './iam/client.ts';
import { findState, openState, type State } from './state.ts';

export const project = 'labdeploy';

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
  services: Services,
  absent: 'refuse' | 'make' | 'imagine' = 'refuse',
): Promise<OpenStack> {
  const { stack: name } = options;
  assertName(name);
  const settings = parseConfig(options.config ?? []);
  const account = await openAccount(options.region, services.env);
  const pulumiCommand = await findEngine(services.io);
  await using opened = new AsyncDisposableStack();
  const { folder, own } = await workFolder(services.cwd);
  if (!own) opened.defer(() => rm(folder, { recursive: true, force: true }));
  const assertGiven = () => own || checkedConfig(settings); // a folder of one's own has more; it is read with the stack
  const state = await stateFor(absent, account, services, opened, assertGiven);
  if (state === undefined) throw new UserError('stackNotFound', [name, account.region]);
  const environment = { pulumiCommand, workDir: folder, envVars: engineVariables(account, state) };
  try {
    const args = { stackName: name, projectName: project, program };
    const engine = await LocalWorkspace.selectStack(args, environment).catch(async (error: unknown) => {
      if (absent === 'refuse' || !(error instanceof StackNotFoundError)) throw error;
      assertGiven();
      return LocalWorkspace.createStack(args, environment);
    });
    if (!own) await takeUpConfig(engine);
    await engine.setAllConfig({ 'aws:region': { value: account.region }, ...settings });
    checkedConfig(await engine.getAllConfig());
    if (absent !== 'refuse') await boundRoles(engine, account);
    const rest = opened.move();
    return { name, account, state, engine, [Symbol.asyncDispose]: () => rest.disposeAsync() };
  } catch (error) {
    if (error instanceof StackNotFoundError) {
      throw new UserError('stackNotFound', [name, account.region], { cause: error });
    }
    throw error instanceof UserError ? error : (faultOf(error, name) ?? error);
  }
}

async function stateFor(
  absent: 'refuse' | 'make' | 'imagine',
  account: AwsAccount,
  { env }: Services,
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
  services: Services,
): Promise<{ account: AwsAccount; state?: State; stacks: StackSummary[] }> {
  const account = await openAccount(region, services.env);
  const state = await findState(account, services.env);
  if (state === undefined) return { account, stacks: [] };
  const pulumiCommand = await findEngine(services.io);
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
  if (!nameForm.test(name)) throw new UserError('stackNameRefused', [name]);
}

export function parseConfig(pairs: readonly string[]): Record<string, { value: string }> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, key, value] = /^([\w:.-]+)=(.*)$/s.exec(pair) ?? [];
      if (key === undefined) throw new UserError('usage', [`'${pair}' is not key=value`, 'up']);
      return [key.includes(':') ? key : `${project}:${key}`, { value: value! }];
    }),
  );
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

/** The same check as the program's, before anything is asked of AWS. Throws `configRefused`. */
export function checkedConfig(all: Readonly<Record<string, { value: string }>>): Config {
  const own = Object.entries(all).flatMap(([key, { value }]) =>
    key.startsWith(`${project}:`) ? [[key.slice(project.length + 1), value]] : [],
  );
  try {
    return readConfig(Object.fromEntries(own));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [, key = project, why = error.message] = /^(\S+?): (.*)/s.exec(error.mistakes[0]!) ?? [];
    throw new UserError('configRefused', [key, why], { cause: error });
  }
}

/** Where bootstrap-iam has been, every role gets its boundary: the deployer can make no other. */
async function boundRoles(engine: Stack, account: AwsAccount): Promise<void> {
  const config = await engine.getAllConfig();
  const key = `${project}:permissionsBoundary`;
  if (config[key] !== undefined) return;
  const { baseName } = readConfig({ baseName: config[`${project}:baseName`]?.value ?? project });
  const value = boundaryArn({ partition: account.partition, account: account.id, baseName });
  if (await isPolicy(new IAMClient(account.client), value)) await engine.setConfig(key, { value });
}

/** As the last update had it: the engine keeps it with the state. */
async function takeUpConfig(engine: Stack): Promise<void> {
  if ((await engine.history(1, 1)).length > 0) await engine.refreshConfig();
}

const engineVariables = ({ region }: AwsAccount, state: State): Record<string, string> => ({
  PULUMI_BACKEND_URL: state.backendUrl,
  PULUMI_CONFIG_PASSPHRASE: state.passphrase,
  PULUMI_SKIP_UPDATE_CHECK: 'true',
  AWS_REGION: region,
});

function faultOf(error: unknown, stack: string): UserError | undefined {
  const text = (error as { stderr?: string }).stderr ?? (error as Error).message ?? '';
  const fault: EngineFault = { message: text };
  return explainEngineFault(fault, stack, error);
}
