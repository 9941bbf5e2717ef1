import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { JobSettings } from '../../functions/core/job.ts';
import { downloadName } from '../../functions/core/object-keys.ts';
import type { ModelIdentity } from '../../functions/ports/predictor.ts';
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

/** As JSON gives it back. `root`: absent in what versions before it was kept have written. */
interface Marker {
  model?: Partial<ModelIdentity>;
  settings?: Partial<JobSettings>;
  root?: string;
}

/**
 * Makes the folder ready, or refuses: `outputTaken` (it holds something that is not a run of the same images with the
 * same model and settings), `outputLocked`, `outputUnwritable`.
 */
export async function openOutput(folder: string, identity: RunIdentity, overwrite: boolean): Promise<HeldOutput> {
  const file = runMarker(folder);
  const marker = await markerOf(identity);
  return holdOutput(folder, {
    async check() {
      if (overwrite) return;
      await refuseDownloads(folder);
      if (!(await isFresh(folder))) await refuseOther(folder, await readMarker<Marker>(file), marker);
    },
    async begin() {
      if (!overwrite) await refuseDownloads(folder);
      const held = await readMarker<Marker>(file);
      if (!overwrite && held !== undefined) await refuseOther(folder, held, marker);
      // of an earlier run: it would stay beside results that it does not have
      if (held !== undefined && identity.settings.archive !== true)
        await rm(join(folder, downloadName), { force: true });
      if (!isDeepStrictEqual(held, marker)) await writeMarker(file, marker);
      await rm(downloadMarker(folder), { force: true });
    },
  });
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
  const { model, settings, root } = held;
  if (!isDeepStrictEqual([model, settings], [wanted.model, wanted.settings]))
    throw new UserError('outputTaken', { folder, holds: differences(held, wanted) });
  if (typeof root !== 'string' || (await sameRoot(root, wanted.root ?? ''))) return;
  throw new UserError('outputTaken', {
    folder,
    holds: `its results are of the images in ${root || 'several drives'}, not of those in ${wanted.root || 'several drives'}`,
  });
}
