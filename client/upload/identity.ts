import { readBlob } from './file-error.ts';
import type { Outgoing } from './outgoing.ts';

/** Bytes of the file's first, middle and last part that are looked at. */
const partBytes = 64 * 1024;

/**
 * What tells a file from another of the same name: size, modification time (ms, base 36), and the first 128 bits of the
 * SHA-256 of its first, middle and last part, as `1k2j3h-<hex>`. The service compares it and keeps it, and knows no more of it.
 * Throws FileError.
 */
export async function identityOf(file: Pick<Outgoing, 'open'>): Promise<string> {
  const { body, modifiedAt } = await file.open();
  const { size } = body;
  const middle = Math.max(0, Math.floor((size - partBytes) / 2));
  const parts =
    size <= 3 * partBytes
      ? [body]
      : [body.slice(0, partBytes), body.slice(middle, middle + partBytes), body.slice(size - partBytes)];
  const bytes = await readBlob(new Blob([`${size} `, ...parts])); // one read for the three
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).slice(0, 16);
  const hex = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${modifiedAt.toString(36)}-${hex}`;
}

/** How two files of one name differ that have the same size. */
export const differenceOf = (before: string, now: string): 'bytes' | 'date' =>
  before.slice(before.indexOf('-')) === now.slice(now.indexOf('-')) ? 'date' : 'bytes';
