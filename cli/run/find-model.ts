import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isContainerUrl } from '../../functions/core/container-url.ts';
import { packageRoot } from '../../functions/stack/package-root.ts';

/** The models that are shipped. */
export const shippedModels: string = join(packageRoot, 'models');

/** A path, where there is one, wins over the name of a shipped model; the address of a container is what it is. */
export function findModel(model: string, cwd: string): string {
  if (isContainerUrl(model)) return model;
  const path = resolve(cwd, model);
  if (existsSync(path)) return path;
  const shipped = resolve(shippedModels, model);
  return existsSync(shipped) ? shipped : path;
}
