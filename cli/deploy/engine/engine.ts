import { homedir } from 'node:os';
import { join } from 'node:path';
import { PulumiCommand } from '@pulumi/pulumi/automation/index.js';
import { UserError } from '../../errors.ts';
import type { Io } from '../../io/events.ts';

/** Beside the user's other engines, none of which is touched. */
const installRoot = join(homedir(), '.labdeploy', 'engine');

/** The Pulumi engine: on PATH, or installed by an earlier run, else downloaded once. */
export async function findEngine(io: Io): Promise<PulumiCommand> {
  const found = await installedEngine();
  if (found !== undefined) return found;
  io.emit('deploy.engineDownload', { folder: installRoot });
  try {
    return await PulumiCommand.install({ root: installRoot });
  } catch (error) {
    throw new UserError('engineMissing', { detail: (error as Error).message.split('\n')[0]! }, { cause: error });
  }
}

/** Undefined where there is none, or only one that is too old for the SDK. */
export async function installedEngine(): Promise<PulumiCommand | undefined> {
  for (const options of [{}, { root: installRoot }]) {
    try {
      return await PulumiCommand.get(options);
    } catch {
      // not there: the next one may have it
    }
  }
  return undefined;
}
