import { join, resolve } from 'node:path';
import { type Assembly, assembleFunctions } from '../../infra/artifacts/assemble.ts';
import { buildFunctions as buildCode } from './built.ts';

const root = resolve(import.meta.dirname, '../..');
const models = [join(root, 'models/nuclei')];
const here = process.arch === 'arm64' ? 'arm64' : 'x64';

/** The functions as they are deployed, assembled from the sources as they are. Returns the folder that has one for each. */
export async function assembleFunctionsIn(
  out: string,
  given: Partial<Pick<Assembly, 'architecture' | 'pictures'>> = {},
): Promise<string> {
  await assembleFunctions({ bundles: await buildCode(), out, architecture: here, models, ...given });
  return out;
}
