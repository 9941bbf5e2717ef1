import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { RunError } from '@pulumi/pulumi';

import { packageRoot } from '../functions/stack/package-root.ts';
import { assembleFunctions } from './artifacts/assemble.ts';
import { packLargeFunctions } from './artifacts/large-code.ts';
import { type Config, ConfigError } from './config.ts';
import { functionNames } from './functions.ts';
import { isAlive } from './is-alive.ts';
import { type PictureConfig, pictureSetup } from './picture-setup.ts';
import type { ServiceArgs } from './service.ts';

const dist = join(packageRoot, 'dist');

/** What `npm run build` made, put together for this stack: its model, its processors, its recipes. The folder lives as long as the process. */
export async function buildArtifacts({
  model,
  architecture,
  ...more
}: Pick<Config, 'model' | 'architecture'> & Partial<PictureConfig>): Promise<
  Pick<ServiceArgs, 'code' | 'page' | 'version'>
> {
  for (const left of leftFolders(tmpdir())) rmSync(left, { recursive: true, force: true });
  const [bundles, page] = [join(dist, 'lambda'), join(dist, 'web')];
  for (const folder of [bundles, page]) {
    if (!existsSync(folder)) throw new RunError(`${folder} is not there: npm run build`);
  }
  const code = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  process.once('exit', () => rmSync(code, { recursive: true, force: true }));
  const pictures = await pictureSetup(more);
  await assembleFunctions({
    ...{ bundles, out: code, architecture, models: [modelFolder(model)] },
    ...(pictures !== undefined && { pictures }),
  });
  await packLargeFunctions(code, functionNames);
  const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  return { code, page, version };
}

const prefix = 'labdeploy-functions-';

/** Folders of processes that were killed before they could remove them: 60 MB each. */
function leftFolders(parent: string): string[] {
  return readdirSync(parent).flatMap((name) => {
    const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
    return pid === undefined || isAlive(Number(pid)) ? [] : [join(parent, name)];
  });
}

/** A path, where there is one, or the name of a model that is shipped. */
function modelFolder(model: string): string {
  const found = [resolve(model), join(packageRoot, 'models', model)].find((path) => existsSync(path));
  if (found === undefined) throw new ConfigError([`labdeploy:model: no package ${model}, here or below models/`]);
  return found;
}
