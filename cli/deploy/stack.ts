import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalWorkspace, type Stack, StackNotFoundError, type UpdateSummary } from '@pulumi/pulumi/automation/index.js';
import { program } from '../../infra/program.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';
import { type AwsAccount, openAccount } from './account.ts';
import { findEngine } from './engine/engine.ts';
import { explainEngineFault, textOf } from './engine/faults.ts';
import { assertDeploysFor, boundRoles, checkedConfig, parseConfig, project, resumeConfig } from './settings.ts';
import {
  differencesOf,
  readSettingsFile,
  regionInFolder,
  type SettingDifference,
  type Settings,
  type SettingsFile,
  unsetBy,
} from './settings-file.ts';
import { findState, openState, type State } from './state.ts';

export interface StackOptions {
  stack: string;
  region?: string;
  /** `key=value`; a key without `:` is labdeploy's own. */
  config?: readonly string[];
  /** Which settings count where those of the folder's file are others; absent: those deployed, unless the user is asked. */
  settings?: 'deployed' | 'file';
  /** Compare with the account first: what was changed or removed there by hand is put right. */
  refresh?: boolean;
}

/** One stack of the account, ready to be changed. Disposing removes what was needed to talk to the engine. */
export interface OpenStack extends AsyncDisposable {
  name: string;
  account: AwsAccount;
  state: State;
  engine: Stack;
  /** The change before this one; absent where there was none. */
  last?: UpdateSummary;
  /** The settings that it had when it was changed last; absent where nothing is deployed. */
  deployed?: Settings;
  /** What a first deployment takes of the folder's file; absent: there is none, or it is not the first. */
  firstSettings?: Pick<SettingsFile, 'name' | 'settings'>;
  /** Absent where the folder has no file of settings, or it says what is deployed. */
  fileSettings?: { name: string; differences: readonly SettingDifference[]; take(): Promise<void> };
}

/**
 * Opens a stack that exists, else throws `stackNotFound`. `make` makes an empty one where there is none, and the state
 * too; `imagine` does so on this machine only, until it is disposed: for looking at what would be. Settings are those that
 * are deployed, of a first deployment those of the folder's file. That file is never written.
 */
export async function openStack(
  options: StackOptions,
  context: CommandContext,
  absent: 'refuse' | 'make' | 'imagine' = 'refuse',
): Promise<OpenStack> {
  const { stack: name } = options;
  assertName(name);
  const given = parseConfig(options.config ?? []);
  const file = await readSettingsFile(context.cwd, name);
  const { signal } = context;
  const account = await openAccount(options.region, context.env, { ofFile: file?.region, signal });
  const pulumiCommand = await findEngine(context.io);
  signal.throwIfAborted();
  await using opened = new AsyncDisposableStack();
  const workDir = await mkdtemp(join(tmpdir(), 'labdeploy-'));
  opened.defer(() => rm(workDir, { recursive: true, force: true }));
  const assertGiven = () => checkedConfig({ ...file?.settings, ...given });
  const state = await stateFor(absent, account, context, { opened, assertGiven });
  if (state === undefined) throw new UserError('stackNotFound', { name, region: account.region });
  signal.throwIfAborted();
  const environment = { pulumiCommand, workDir, envVars: engineVariables(account, state) };
  try {
    const args = { stackName: name, projectName: project, program };
    const engine = await LocalWorkspace.selectStack(args, environment).catch(async (error: unknown) => {
      if (absent === 'refuse' || !(error instanceof StackNotFoundError)) throw error;
      assertGiven();
      return LocalWorkspace.createStack(args, environment);
    });
    signal.throwIfAborted();
    const last = await resumeConfig(engine);
    const deployed = last === undefined || last.kind === 'destroy' ? undefined : await engine.getAllConfig();
    const fileSettings = await settle(engine, file, given, {
      ...{ account, isDeployed: last !== undefined, changes: absent !== 'refuse' },
      ...options,
    });
    if (absent !== 'refuse') await boundRoles(engine, account);
    signal.throwIfAborted();
    const rest = opened.move();
    return {
      ...{ name, account, state, engine },
      ...(last !== undefined && { last }),
      ...(deployed !== undefined && { deployed }),
      ...(last === undefined && file !== undefined && { firstSettings: withoutGiven(file, given) }),
      ...(fileSettings !== undefined && { fileSettings }),
      [Symbol.asyncDispose]: () => rest.disposeAsync(),
    };
  } catch (error) {
    signal.throwIfAborted(); // the engine fails of the same Ctrl-C
    if (error instanceof StackNotFoundError) {
      throw new UserError('stackNotFound', { name, region: account.region }, { cause: error });
    }
    throw error instanceof UserError ? error : (explainEngineFault({ message: textOf(error) }, name, error) ?? error);
  }
}

const withoutGiven = ({ name, settings }: SettingsFile, given: Settings): Pick<SettingsFile, 'name' | 'settings'> => ({
  name,
  settings: Object.fromEntries(Object.entries(settings).filter(([key]) => !(key in given))),
});

/** Gives the engine the settings that count. Returns what the file says otherwise and is not taken. */
async function settle(
  engine: Stack,
  file: SettingsFile | undefined,
  given: Settings,
  {
    account,
    isDeployed,
    changes,
    settings,
  }: Pick<StackOptions, 'settings'> & { account: AwsAccount; isDeployed: boolean; changes: boolean },
): Promise<OpenStack['fileSettings']> {
  const deployed = await engine.getAllConfig();
  const take = async () => {
    if (file === undefined) return;
    const unset = unsetBy(file.settings, deployed);
    if (unset.length > 0) await engine.removeAllConfig(unset);
    await engine.setAllConfig({ ...file.settings, ...given });
  };
  if (!isDeployed || settings === 'file') await take();
  await engine.setAllConfig({ ...given, 'aws:region': { value: account.region } });
  const { baseName } = checkedConfig(await engine.getAllConfig());
  if (!changes) return undefined; // only looks, by what is deployed
  assertDeploysFor(baseName, account);
  if (file === undefined || !isDeployed || settings === 'file') return undefined;
  const differences = differencesOf(file.settings, deployed, given);
  return differences.length === 0 ? undefined : { name: file.name, differences, take };
}

async function stateFor(
  absent: 'refuse' | 'make' | 'imagine',
  account: AwsAccount,
  { env }: CommandContext,
  { opened, assertGiven }: { opened: AsyncDisposableStack; assertGiven: () => unknown },
): Promise<State | undefined> {
  const found = await findState(account, env);
  if (found !== undefined || absent === 'refuse') return found;
  assertGiven();
  if (absent === 'make') return openState(account, env);
  const folder = await mkdtemp(join(tmpdir(), 'labdeploy-state-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  return { backendUrl: `file://${folder}`, passphrase: randomUUID() };
}

/** Every stack that the state knows; `stack`: whose file may name the region, by default the usual one's. */
export async function listStacks(
  { region, stack }: { region?: string; stack?: string },
  context: CommandContext,
): Promise<{ account: AwsAccount; state?: State; stacks: StackSummary[] }> {
  const { cwd, env, signal } = context;
  const ofFile = await (stack === undefined ? regionInFolder(cwd, env) : regionOfFile(cwd, stack));
  const account = await openAccount(region, env, { ofFile, signal });
  const state = await findState(account, env);
  if (state === undefined) return { account, stacks: [] };
  signal.throwIfAborted();
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

const regionOfFile = async (cwd: string, stack: string) => (await readSettingsFile(cwd, stack))?.region;

export interface StackSummary {
  name: string;
  /** ISO 8601. */
  lastUpdate?: string;
  resources: number;
}

/** A stack's name becomes part of every resource's name. */
const nameForm = /^[a-z][a-z0-9-]{0,19}$/;
export function assertName(name: string): void {
  if (!nameForm.test(name)) throw new UserError('stackNameRefused', { name });
}

const engineVariables = ({ region }: AwsAccount, state: State): Record<string, string> => ({
  PULUMI_BACKEND_URL: state.backendUrl,
  PULUMI_CONFIG_PASSPHRASE: state.passphrase,
  PULUMI_SKIP_UPDATE_CHECK: 'true',
  AWS_REGION: region,
});
