import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bundleFunctions } from '../../build/bundle.ts';
import { assembleFunctions } from '../../infra/artifacts/assemble.ts';
import type { Architecture } from '../../infra/artifacts/native.ts';

const root = resolve(import.meta.dirname, '../..');
const models = [join(root, 'models/nuclei')];
const here = process.arch === 'arm64' ? 'arm64' : 'x64';

/** The functions as they are deployed, built into a folder from the sources as they are. Returns the folder that has one for each. */
export async function buildFunctions(folder: string, architecture: Architecture = here): Promise<string> {
  const [bundles, out] = [join(folder, 'bundles'), join(folder, 'functions')];
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  await bundleFunctions(bundles, version);
  await assembleFunctions({ bundles, out, architecture, models });
  return out;
}
