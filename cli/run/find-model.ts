import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The models that are shipped: beside the sources, or above dist/. */
export const shippedModels: string = ['../../models', '../../../models']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((path) => existsSync(path))!;

/** A path, where there is one, wins over the name of a shipped model. */
export function findModel(model: string, cwd: string): string {
  const path = resolve(cwd, model);
  if (existsSync(path)) return path;
  const shipped = resolve(shippedModels, model);
  return existsSync(shipped) ? shipped : path;
}
