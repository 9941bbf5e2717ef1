import { randomBytes, randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const secretBytes = 32;

/** The secret of this data folder, made on first use; only its owner may read the file. Of several first uses at once one wins. */
export async function openSecret(folder: string, name: string): Promise<Buffer> {
  const file = join(folder, `${name}.secret`);
  const known = await read(file);
  if (known !== undefined) return known;
  const fresh = join(folder, `${name}.${randomUUID()}`);
  try {
    await writeFile(fresh, randomBytes(secretBytes), { mode: 0o600, flag: 'wx', flush: true });
    await link(fresh, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(fresh, { force: true });
  }
  return (await read(file))!;
}

async function read(file: string): Promise<Buffer | undefined> {
  try {
    const secret = await readFile(file);
    if (secret.length !== secretBytes)
      throw new Error(`${file} does not hold ${secretBytes} bytes: delete it to get a new one`);
    return secret;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
