import { randomBytes, randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../core/errors.ts';

const secretBytes = 32;
/** Characters of base64url that hold so many bytes. */
const textLength = Math.ceil((secretBytes * 4) / 3);

/** The secret of this data folder, made on first use; only its owner may read the file. Of several first uses at once one wins. */
export async function openSecret(folder: string, name: string): Promise<Buffer> {
  const file = join(folder, `${name}.secret`);
  const secret = await keep(file, randomBytes(secretBytes));
  if (secret.length !== secretBytes)
    throw new Failure('secretBroken', { file, detail: `it holds ${secret.length} bytes, not ${secretBytes}` });
  return secret;
}

/** As openSecret, for a secret that people hand on: one line of text in `file`. */
export async function openTextSecret(folder: string, name: string): Promise<{ secret: string; file: string }> {
  const file = join(folder, `${name}-secret.txt`);
  const kept = await keep(file, Buffer.from(`${randomBytes(secretBytes).toString('base64url')}\n`));
  const secret = kept.toString('utf8').trim();
  if (secret.length < textLength)
    throw new Failure('secretBroken', { file, detail: `it holds less than ${textLength} characters` });
  return { secret, file };
}

/** What is in the file; where it is not there yet, `fresh`. */
async function keep(file: string, fresh: Buffer): Promise<Buffer> {
  const known = await read(file);
  if (known !== undefined) return known;
  const temporary = `${file}.${randomUUID()}`;
  try {
    await writeFile(temporary, fresh, { mode: 0o600, flag: 'wx', flush: true });
    await link(temporary, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(temporary, { force: true });
  }
  return (await read(file))!;
}

async function read(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
