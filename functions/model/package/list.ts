import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Failure } from '../../core/errors.ts';
import { openModel } from './package.ts';

export interface ListedModel {
  name: string;
  version: string;
  /** Folder or zip. */
  path: string;
  /** What the package says of itself, or why it cannot be used. */
  description: string;
}

/** The model packages of some folders, each by its own folder or zip, in order of their paths. What is no package is left out; one that cannot be used is listed with the reason. */
export async function listModels(folders: readonly string[]): Promise<ListedModel[]> {
  const found: ListedModel[] = [];
  for (const folder of folders) {
    const entries = await readdir(folder, { withFileTypes: true });
    const paths = entries.filter((entry) => entry.isDirectory() || entry.name.endsWith('.zip')).map(({ name }) => name);
    for (const name of paths.sort()) {
      const model = await describe(join(folder, name));
      if (model) found.push(model);
    }
  }
  return found;
}

async function describe(path: string): Promise<ListedModel | undefined> {
  try {
    const { identity, description } = await openModel(path);
    return { name: identity.name, version: identity.version, path, description: description.about };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.code === 'modelMissing') return undefined;
    return { name: basename(path), version: '', path, description: `cannot be used: ${error.advice.why}` };
  }
}
