import { readFileSync } from 'node:fs';

/** What labdeploy says of itself. */
interface PackageFile {
  name?: string;
  version: string;
  homepage?: string;
}

/** labdeploy's own folder and package.json: beside the sources, or above dist/. */
function find(): { folder: URL; file: PackageFile } | undefined {
  for (const path of ['../', '../../']) {
    const folder = new URL(path, import.meta.url);
    try {
      const file = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as PackageFile;
      if (file.name === 'labdeploy') return { folder, file };
    } catch {
      // not there: the other place has it
    }
  }
  return undefined;
}

const found = find();

export const version = found?.file.version ?? '0.0.0';

/** Address of the documentation: the project's page, else the README that comes with labdeploy. */
export const documentation = (): string =>
  found?.file.homepage ?? new URL('README.md', found?.folder ?? import.meta.url).href;
