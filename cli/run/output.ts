import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { JobSettings } from '../../functions/core/job.ts';
import { downloadName } from '../../functions/core/object-keys.ts';
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
      // of an earlier run: it would stay beside results that it does not have
      if (held !== undefined && identity.settings.archive !== true) await rm(join(folder, downloadName), { force: true });
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

/** Which settings differ, by their options: `--planes not given, now max; --ring 5, now not given`. */
function differences(held: Marker, wanted: Marker): string {
  if (!isDeepStrictEqual(held.model, wanted.model))
    return `its results are of another model: ${modelOf(held)}, not ${modelOf(wanted)}`;
  const names = Object.keys({ ...held.settings, ...wanted.settings }) as (keyof JobSettings)[];
  const parts = names
    .map((name) => ({ name, before: held.settings?.[name], now: wanted.settings?.[name] }))
    .filter(({ before, now }) => !isDeepStrictEqual(before, now))
    .map(({ name, before, now }) => `${optionOf(name)} ${inWords(before)}, now ${inWords(now)}`);
  return `its results are of other settings: ${parts.join('; ')}`;
}

const modelOf = ({ model }: Marker): string => `${model?.name} ${model?.version}`;
const optionOf = (name: keyof JobSettings): string => (name === 'probabilities' ? '--prob' : `--${name}`);

function inWords(value: JobSettings[keyof JobSettings]): string {
  if (value === undefined || value === false) return 'not given';
  if (value === true) return 'given';
  if (Array.isArray(value)) return value.map(({ channel, threshold }) => `${channel}=${threshold}`).join(' ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

async function refuseOther(folder: string, held: Marker | undefined, wanted: Marker): Promise<void> {
  if (held === undefined)
    throw new UserError('outputTaken', { folder, holds: 'it is not empty and no labdeploy run made it' });
  const { model, settings, root } = held;
  if (!isDeepStrictEqual([model, settings], [wanted.model, wanted.settings]))
    throw new UserError('outputTaken', { folder, holds: differences(held, wanted) });
  if (typeof root !== 'string' || (await sameRoot(root, wanted.root ?? ''))) return;
  throw new UserError('outputTaken', {
    folder,
    holds: `its results are of the images in ${root || 'several drives'}, not of those in ${wanted.root || 'several drives'}`,
  });
}
