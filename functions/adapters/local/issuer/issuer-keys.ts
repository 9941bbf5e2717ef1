import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JSONWebKeySet, type JWK } from 'jose';
import { Failure } from '../../../core/errors.ts';

export const signingAlgorithm = 'ES256';

export interface IssuerKeys {
  /** Private; the first one signs. */
  signing: JWK[];
  /** Signs cookies and forms; 256 bits, base64url. */
  secret: string;
}

/** The keys of `issuer-keys.json` in the data folder; made on first use, readable by their owner only, never replaced. */
export async function issuerKeys(folder: string): Promise<IssuerKeys> {
  const file = join(folder, 'issuer-keys.json');
  mkdirSync(folder, { recursive: true });
  const stored = read(file);
  if (stored !== undefined) return stored;
  writeOnce(file, JSON.stringify(await newKeys()));
  return read(file)!; // of two first starts both use the keys of the one that won
}

export const publicKeys = ({ signing }: IssuerKeys): JSONWebKeySet => ({
  keys: signing.map(({ d: _private, ...key }) => key),
});

async function newKeys(): Promise<IssuerKeys> {
  const { privateKey } = await generateKeyPair(signingAlgorithm, { extractable: true });
  const key = await exportJWK(privateKey);
  return {
    signing: [{ ...key, kid: await calculateJwkThumbprint(key), alg: signingAlgorithm, use: 'sig' }],
    secret: randomBytes(32).toString('base64url'),
  };
}

function read(file: string): IssuerKeys | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const keys = text === '' ? undefined : keysOf(text);
  if (keys !== undefined) return keys;
  throw new Failure('secretBroken', { file, detail: text === '' ? 'it is empty' : 'it is damaged' });
}

function keysOf(text: string): IssuerKeys | undefined {
  try {
    const { signing, secret } = JSON.parse(text) as Partial<IssuerKeys>;
    const whole = Array.isArray(signing) && signing.length > 0 && typeof secret === 'string';
    return whole ? { signing, secret } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** All of the file or nothing; an existing one stays. */
function writeOnce(file: string, text: string): void {
  const draft = `${file}.${process.pid}`;
  const handle = openSync(draft, 'w', 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
}
