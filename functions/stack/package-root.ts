import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of labdeploy's package.json: above the sources, or above dist/ where they are built. */
export const packageRoot: string = ['../..', '../../..']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((folder) => existsSync(`${folder}/package.json`))!;
