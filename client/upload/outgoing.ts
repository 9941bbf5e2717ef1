import { isUnreachable } from '../retries.ts';
import { readBlob } from './file-error.ts';

/** A file of this machine that is to be sent. */
export interface Outgoing {
  /** Below the folder, `/` separated. */
  path: string;
  bytes: number;
  /** The file as it was when it was first opened; `modifiedAt`: ms since 1970. Throws FileError where it is not so any more. */
  open(): Promise<{ body: Blob; modifiedAt: number }>;
}

/** A file that is gone or has changed looks like a broken connection to whoever sends it. Throws FileError then. */
export async function readable<T>(file: Outgoing, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isUnreachable(error)) await readBlob((await file.open()).body.slice(0, 1));
    throw error;
  }
}
