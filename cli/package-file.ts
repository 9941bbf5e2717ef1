import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../functions/stack/package-root.ts';

/** What labdeploy says of itself. */
const file = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
  version: string;
  homepage?: string;
};

export const { version } = file;

/** Address of the documentation: the project's page, else the README that comes with labdeploy. */
export const documentation = (): string => file.homepage ?? pathToFileURL(join(packageRoot, 'README.md')).href;
