import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where an output folder keeps labdeploy's own files: what it needs to continue. */
export const workFolder = (folder: string): string => join(folder, '.labdeploy');

/** What the results of an output folder are of; a folder has one of the two. */
export const runMarker = (folder: string): string => join(workFolder(folder), 'run.json');
export const downloadMarker = (folder: string): string => join(workFolder(folder), 'download.json');

/** A job of a service; `service` is its origin. */
export interface JobOnService {
  service: string;
  job: string;
}

/** Undefined where there is none, or none that can be read. Throws the system's errors. */
export async function readMarker<T extends object>(file: string): Promise<Partial<T> | undefined> {
  try {
    const parsed: unknown = JSON.parse(await readFile(file, 'utf8'));
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whole or not at all. */
export async function writeMarker(file: string, marker: object): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(marker, null, 2)}\n`);
  await rename(`${file}.new`, file);
}
