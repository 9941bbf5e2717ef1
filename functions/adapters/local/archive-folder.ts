import { mkdir, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../core/errors.ts';

export interface ArchiveFolder {
  /** Its path; made when the store has archived nothing so far. Throws `archiveAway`, or the system's own errors. */
  opened(): Promise<string>;
  /** Throws `archiveAway` unless its path is still the folder that `opened` found. */
  assertSame(): Promise<void>;
}

const note = 'Archived results of a labdeploy service. Its index names these files: do not move or change them.\n';

/** Errors of a disk or a network share that does not answer (errno(3)). */
const unreachable = ['EIO', 'ENODEV', 'ENXIO', 'ENOTCONN', 'ESTALE', 'EHOSTDOWN', 'EHOSTUNREACH', 'ETIMEDOUT'];

/** The failure that the system's error means: the disk of `archiveTo` does not answer. Undefined for any other error. */
export function awayFailure(error: unknown, archiveTo: string): Failure | undefined {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return unreachable.includes(code)
    ? new Failure('archiveAway', { where: archiveTo, detail: message }, { cause: error })
    : undefined;
}

/**
 * The folder in `archiveTo` for the archived files of one store, known by a file in it. `archiveTo` is never made: where
 * its disk is not mounted, files would be written below the mount point and be hidden later. `hasFiles`: then the folder
 * must be there.
 */
export function archiveFolder(archiveTo: string, { id, hasFiles }: { id: string; hasFiles(): boolean }): ArchiveFolder {
  const path = join(archiveTo, `labdeploy-${id}`);
  const sign = join(path, 'README.txt');
  let known: string | undefined;
  const away = (detail: string, cause?: unknown) => new Failure('archiveAway', { where: archiveTo, detail }, { cause });

  /** Of the file in it, so that an empty folder made below a mount point is not taken for it. */
  const identity = async (): Promise<string | undefined> => {
    try {
      const { dev, ino } = await stat(sign, { bigint: true });
      return `${dev}:${ino}`;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
      throw awayFailure(error, archiveTo) ?? error;
    }
  };

  /** Its name is on the disk when it returns. */
  const make = async () => {
    try {
      await mkdir(path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') throw away('there is no such folder', error);
      if (code !== 'EEXIST') throw error;
    }
    await using file = await open(sign, 'w');
    await file.writeFile(note);
    await file.sync();
    for (const folder of [path, archiveTo]) {
      await using opened = await open(folder, 'r');
      await opened.sync();
    }
  };

  return {
    async opened() {
      known = await identity();
      if (known === undefined) {
        if (hasFiles()) throw away(`there is no labdeploy-${id} in it, where this service's archived results are`);
        await make();
        known = await identity();
      }
      return path;
    },
    async assertSame() {
      if (known === undefined || (await identity()) !== known) throw away('its disk was taken away meanwhile');
    },
  };
}
