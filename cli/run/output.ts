import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { JobSettings } from '../../functions/core/job.ts';
import type { ModelIdentity } from '../../functions/ports/predictor.ts';
import { holdFolder } from '../../functions/runtime/hold-folder.ts';
import { UserError } from '../errors.ts';
import { realRoot, sameRoot } from './input-root.ts';

/** What the results of an output folder were made with: results of two models or of two folders never mix in one. */
export interface RunIdentity {
  model: ModelIdentity;
  settings: JobSettings;
  /** The folder that the images' paths are below, or the zip. Absolute; empty where the drives have none in common. */
  root: string;
}

/** An output folder, held by this process alone until it is disposed of. */
export interface RunOutput extends AsyncDisposable {
  folder: string;
  /** labdeploy's own files: what it needs to continue. */
  work: string;
}

/** As JSON gives it back. `root`: absent in what versions before it was kept have written. */
interface Marker {
  model?: Partial<ModelIdentity>;
  settings?: Partial<JobSettings>;
  root?: string;
}

const ownFolder = '.labdeploy';

/**
 * Makes the folder ready, or refuses: `outputTaken` (it holds something that is not a run of the same images with the
 * same model and settings), `outputLocked`, `outputUnwritable`.
 */
export async function openOutput(folder: string, identity: RunIdentity, overwrite: boolean): Promise<RunOutput> {
  const work = join(folder, ownFolder);
  const file = join(work, 'run.json');
  const marker = await markerOf(identity);
  try {
    // before anything is written into a folder that is not ours
    if (!overwrite && !(await isFresh(folder))) await refuseOther(folder, await readMarker(file), marker);
    const unlock = await holdFolder(work);
    if (unlock === undefined) throw new UserError('outputLocked', { folder });
    try {
      // another run may have come and gone in between
      const held = await readMarker(file);
      if (!overwrite && held !== undefined) await refuseOther(folder, held, marker);
      if (!isDeepStrictEqual(held, marker)) await writeMarker(file, marker);
    } catch (error) {
      unlock();
      throw error;
    }
    return { folder, work, [Symbol.asyncDispose]: async () => unlock() };
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError('outputUnwritable', { folder, detail: (error as Error).message }, { cause: error });
  }
}

/** Absent and undefined are one in JSON. --zip and --workers change no result, so they are left out. */
async function markerOf({ model, settings: { archive: _, ...settings }, root }: RunIdentity): Promise<Marker> {
  return JSON.parse(JSON.stringify({ model, settings, root: await realRoot(root) }));
}

/** Absent, empty, or with nothing but what a run left that ended before it had begun. */
async function isFresh(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (names.length === 0) return true;
  return (
    names.length === 1 &&
    names[0] === ownFolder &&
    (await readMarker(join(folder, ownFolder, 'run.json'))) === undefined
  );
}

async function readMarker(file: string): Promise<Marker | undefined> {
  try {
    const parsed: unknown = JSON.parse(await readFile(file, 'utf8'));
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function writeMarker(file: string, marker: Marker): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(marker, null, 2)}\n`);
  await rename(`${file}.new`, file);
}

async function refuseOther(folder: string, held: Marker | undefined, wanted: Marker): Promise<void> {
  if (held === undefined)
    throw new UserError('outputTaken', { folder, holds: 'it is not empty and no labdeploy run made it' });
  const { model, settings, root } = held;
  if (!isDeepStrictEqual([model, settings], [wanted.model, wanted.settings])) {
    const channel = settings?.channel === undefined ? '' : `, channel ${settings.channel}`;
    const axes = settings?.axes === undefined ? '' : `, axes ${settings.axes}`;
    throw new UserError('outputTaken', {
      folder,
      holds: `its results are of another model or other settings (${model?.name} ${model?.version}${channel}${axes})`,
    });
  }
  if (typeof root !== 'string' || (await sameRoot(root, wanted.root ?? ''))) return;
  throw new UserError('outputTaken', {
    folder,
    holds: `its results are of the images in ${root || 'several drives'}, not of those in ${wanted.root || 'several drives'}`,
  });
}
