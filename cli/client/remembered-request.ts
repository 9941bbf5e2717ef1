import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { differenceOf } from '../../client/upload/identity.ts';

/** Path, bytes and identity (client/upload/identity.ts); null: it could not be read. */
export type RememberedFile = readonly [path: string, bytes: number, identity: string | null];

export interface ChangedFile {
  path: string;
  how: 'size' | 'date' | 'bytes' | 'new' | 'missing';
}

interface Kept {
  /** Of the service and the settings. */
  digest: string;
  key: string;
  files?: readonly RememberedFile[];
}

export interface RememberedRequest {
  /** Idempotency-Key under which the job is made. */
  key: string;
  /** The same command began this job before. */
  known: boolean;
  /** What is not as it was then: the job is another one. */
  changed: ChangedFile[];
  /** Before the job is made. */
  keep(): Promise<void>;
  forget(): Promise<void>;
}

/**
 * The key under which a job is made, kept in the output folder: the same command finds its job again, even one whose
 * answer was lost. Other files, other bytes or other settings are another job.
 */
export async function rememberRequest(
  folder: string,
  request: object,
  files: readonly RememberedFile[],
): Promise<RememberedRequest> {
  const file = join(folder, '.labdeploy', 'submit.json');
  const digest = createHash('sha256').update(JSON.stringify(request)).digest('hex');
  const kept = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as Kept,
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return undefined;
    },
  );
  const same = kept?.digest === digest && kept.files !== undefined ? kept.files : undefined;
  const changed = same === undefined ? [] : changesOf(same, files);
  const known = same !== undefined && changed.length === 0;
  const key = known ? kept!.key : randomUUID();
  return {
    key,
    known,
    changed,
    async keep() {
      if (known) return;
      await mkdir(dirname(file), { recursive: true });
      await writeFile(`${file}.new`, JSON.stringify({ digest, key, files } satisfies Kept));
      await rename(`${file}.new`, file);
    },
    forget: () => rm(file, { force: true }),
  };
}

/** In order of the paths. */
function changesOf(before: readonly RememberedFile[], now: readonly RememberedFile[]): ChangedFile[] {
  const left = new Map(before.map((file) => [file[0], file]));
  const changed: ChangedFile[] = [];
  for (const [path, bytes, identity] of now) {
    const old = left.get(path);
    left.delete(path);
    if (old === undefined) changed.push({ path, how: 'new' });
    else if (old[1] !== bytes) changed.push({ path, how: 'size' });
    else if (old[2] !== identity) changed.push({ path, how: differenceOf(old[2] ?? '', identity ?? '') });
  }
  for (const path of left.keys()) changed.push({ path, how: 'missing' });
  return changed.sort((a, b) => (a.path < b.path ? -1 : 1));
}
