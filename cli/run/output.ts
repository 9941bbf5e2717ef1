import { readdir, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { JobSettings } from '../../functions/core/job.ts';
import type { ModelIdentity } from '../../functions/ports/predictor.ts';
import { WrittenResults } from '../../functions/runtime/written-results.ts';
import { UserError } from '../errors.ts';
import { type HeldOutput, holdOutput } from './hold-output.ts';
import { realRoot, sameRoot } from './input-root.ts';
import { downloadMarker, type JobOnService, readMarker, runMarker, workFolder, writeMarker } from './markers.ts';

/** What the results of an output folder were made with: results of two models or of two folders never mix in one. */
export interface RunIdentity {
  model: ModelIdentity;
  settings: JobSettings;
  /** The folder that the images' paths are below, or the zip. Absolute; empty where the drives have none in common. */
  root: string;
}

/** As JSON gives it back. `root`, `listed`: absent in what versions before they were kept have written. */
interface Marker {
  model?: Partial<ModelIdentity>;
  settings?: Partial<JobSettings>;
  root?: string;
  /** All results of runs that the folder holds are in its list of written results. */
  listed?: boolean;
}

export interface RunOutput extends HeldOutput {
  /** Results of runs that the folder holds. */
  written: WrittenResults;
  /** The user lets results of other runs be replaced. */
  overwrite: boolean;
}

/**
 * Makes the folder ready, or refuses: `outputTaken` (it holds something that is not a run of the same images with the
 * same model and settings), `outputLocked`, `outputUnwritable`.
 */
export async function openOutput(folder: string, identity: RunIdentity, overwrite: boolean): Promise<RunOutput> {
  const file = runMarker(folder);
  const wanted = await markerOf(identity);
  const held = await holdOutput(folder, {
    async check() {
      if (overwrite) return;
      await refuseDownloads(folder);
      if (!(await isFresh(folder))) await refuseOther(folder, await readMarker<Marker>(file), wanted);
    },
    async begin() {
      if (!overwrite) await refuseDownloads(folder);
      const fresh = await isFresh(folder);
      const before = await readMarker<Marker>(file);
      if (!overwrite && before !== undefined) await refuseOther(folder, before, wanted);
      const marker: Marker = { ...wanted, ...((fresh || before?.listed === true) && { listed: true }) };
      if (!isDeepStrictEqual(before, marker)) await writeMarker(file, marker);
      await rm(downloadMarker(folder), { force: true });
    },
  });
  return { ...held, written: new WrittenResults(folder, held.work), overwrite };
}

async function refuseDownloads(folder: string): Promise<void> {
  const held = await readMarker<JobOnService>(downloadMarker(folder));
  if (held === undefined) return;
  throw new UserError('outputTaken', { folder, holds: `its results are of job ${held.job} of ${held.service}` });
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
    names[0] === basename(workFolder(folder)) &&
    (await readMarker(runMarker(folder))) === undefined
  );
}

/** Which settings differ, by their options: `--planes not given, now max; --ring 5, now not given`. */
function differences(held: Partial<Marker>, wanted: Marker): string {
  if (!isDeepStrictEqual(held.model, wanted.model))
    return `its results are of another model: ${modelOf(held)}, not ${modelOf(wanted)}`;
  const names = Object.keys({ ...held.settings, ...wanted.settings }) as (keyof JobSettings)[];
  const parts = names
    .map((name) => ({ name, before: held.settings?.[name], now: wanted.settings?.[name] }))
    .filter(({ before, now }) => !isDeepStrictEqual(before, now))
    .map(({ name, before, now }) => `${optionOf(name)} ${inWords(before)}, now ${inWords(now)}`);
  return `its results are of other settings: ${parts.join('; ')}`;
}

const modelOf = ({ model }: Partial<Marker>): string => `${model?.name} ${model?.version}`;
const optionOf = (name: keyof JobSettings): string =>
  name === 'probabilities' ? '--prob' : `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

function inWords(value: JobSettings[keyof JobSettings]): string {
  if (value === undefined || value === false) return 'not given';
  if (value === true) return 'given';
  if (Array.isArray(value)) return value.map(({ channel, threshold }) => `${channel}=${threshold}`).join(' ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

async function refuseOther(folder: string, held: Partial<Marker> | undefined, wanted: Marker): Promise<void> {
  if (held === undefined)
    throw new UserError('outputTaken', { folder, holds: 'it is not empty and no labdeploy run made it' });
  const { model, settings, root, listed } = held;
  if (listed === true && new WrittenResults(folder, workFolder(folder)).isEmpty) return; // no run finished an image
  if (!isDeepStrictEqual([model, settings], [wanted.model, wanted.settings]))
    throw new UserError('outputTaken', { folder, holds: differences(held, wanted) });
  if (typeof root !== 'string' || (await sameRoot(root, wanted.root ?? ''))) return;
  throw new UserError('outputTaken', {
    folder,
    holds: `its results are of the images in ${root || 'several drives'}, not of those in ${wanted.root || 'several drives'}`,
  });
}
