import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Config, configKeys } from '../../infra/config.ts';
import { UserError } from '../errors.ts';
import { checkedConfig, project } from './settings.ts';

/** As the engine takes them, by key with its namespace. */
export type Settings = Readonly<Record<string, { value: string }>>;

/** Settings of one stack in a folder that keeps labdeploy's, such as a fork. */
export interface SettingsFile {
  /** `Pulumi.dev.yaml`. */
  name: string;
  settings: Settings;
  /** Of `aws:region`. */
  region?: string;
}

const regionKey = 'aws:region';
/** Where neither --stack nor LABDEPLOY_STACK names one. */
const usualStack = 'dev';

/** Undefined outside of a folder with labdeploy's Pulumi.yaml, or where it has none of this stack. Throws `configRefused`. */
export async function readSettingsFile(cwd: string, stack: string): Promise<SettingsFile | undefined> {
  if ((await read(cwd, 'Pulumi.yaml'))?.name !== project) return undefined;
  const name = `Pulumi.${stack}.yaml`;
  const file = await read(cwd, name);
  if (file === undefined) return undefined;
  const { [regionKey]: region, ...others } = (file.config ?? {}) as Record<string, unknown>;
  const settings = Object.fromEntries(Object.entries(others).map(([key, value]) => [key, { value: textOf(value) }]));
  return { name, settings, ...(region !== undefined && { region: textOf(region) }) };
}

/** The region that the file of the usual stack names, for commands that are about none. */
export const regionInFolder = async (cwd: string, env: NodeJS.ProcessEnv): Promise<string | undefined> =>
  (await readSettingsFile(cwd, env.LABDEPLOY_STACK ?? usualStack))?.region;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

async function read(cwd: string, name: string): Promise<Record<string, unknown> | undefined> {
  const text = await readFile(join(cwd, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return (parse(text) ?? {}) as Record<string, unknown>;
  } catch (error) {
    const detail = (error as Error).message.split('\n')[0]!;
    throw new UserError('configRefused', { key: name, detail }, { cause: error });
  }
}

/** A setting of which a file says something else than what is deployed. */
export interface SettingDifference {
  /** Without labdeploy's namespace. */
  key: string;
  /** JSON, defaults included; `not set` where there is none. */
  deployed: string;
  file: string;
}

/** Written by labdeploy itself, so that a file that is silent about it says nothing against it. */
const ownKeys: ReadonlySet<string> = new Set(['permissionsBoundary', 'functionsAtOnce']);

/**
 * The settings that would change if those of a file were deployed, except those `given` with the command. What is written
 * otherwise and means the same is no difference. Throws `configRefused` where either cannot be used.
 */
export function differencesOf(file: Settings, deployed: Settings, given: Settings = {}): SettingDifference[] {
  const [wanted, current] = [checkedConfig({ ...file, ...given }), checkedConfig({ ...deployed, ...given })];
  const own = configKeys
    .filter((key) => !ownKeys.has(key) || `${project}:${key}` in file)
    .map((key) => ({ key, deployed: shown(current, key), file: shown(wanted, key) }));
  const others = Object.keys(file)
    .filter((key) => !key.startsWith(`${project}:`) && !(key in given))
    .map((key) => ({ key, deployed: deployed[key]?.value ?? notSet, file: file[key]!.value }));
  return [...own, ...others].filter((each) => each.deployed !== each.file);
}

const notSet = 'not set';
const shown = (config: Config, key: keyof Config): string => JSON.stringify(config[key]) ?? notSet;

/** Settings that are deployed and that the file would unset. */
export const unsetBy = (file: Settings, deployed: Settings): string[] =>
  Object.keys(deployed).filter(
    (key) => key.startsWith(`${project}:`) && !(key in file) && !ownKeys.has(key.slice(project.length + 1)),
  );
