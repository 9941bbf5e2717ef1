import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Every file below a folder that a user sees, with the sha256 of its bytes; labdeploy's own folder is left out. */
export async function treeOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !relative(folder, file).startsWith('.labdeploy'))
    .sort();
  const tree: Record<string, string> = {};
  for (const file of files)
    tree[relative(folder, file)] = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
  return tree;
}
