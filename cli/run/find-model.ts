import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { packageRoot } from '../../functions/stack/package-root.ts';

/** The models that are shipped. */
export const shippedModels: string = join(packageRoot, 'models');

/** A path, where there is one, wins over the name of a shipped model. */
export function findModel(model: string, cwd: string): string {
  const path = resolve(cwd, model);
  if (existsSync(path)) return path;
  const shipped = resolve(shippedModels, model);
  return existsSync(shipped) ? shipped : path;
}
