import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { JobSettings } from '../../functions/core/job.ts';
import type { ModelIdentity } from '../../functions/ports/predictor.ts';
import { holdFolder } from '../../functions/runtime/hold-folder.ts';
import { UserError } from '../errors.ts';
import { isEmptyFolder } from './inputs.ts';

/** What the results of an output folder were made with: results of two models never mix in one folder. */
export interface RunIdentity {
  model: ModelIdentity;
  settings: JobSettings;
}

/** An output folder, held by this process alone until it is disposed of. */
export interface RunOutput extends AsyncDisposable {
  folder: string;
  /** labdeploy's own files: what it needs to continue. */
  work: string;
}

/**
 * Makes the folder ready, or refuses: `outputTaken` (it holds something that is not a run with the same model and
 * settings), `outputLocked`, `outputUnwritable`.
 */
export async function openOutput(folder: string, identity: RunIdentity, overwrite: boolean): Promise<RunOutput> {
  const work = join(folder, '.labdeploy');
  const marker = join(work, 'run.json');
  try {
    const fresh = await isEmptyFolder(folder);
    const held = fresh ? undefined : await readMarker(marker);
    if (!fresh && !overwrite) refuseOther(folder, held, identity);
    const unlock = await holdFolder(work);
    if (unlock === undefined) throw new UserError('outputLocked', { folder });
    if (!isDeepStrictEqual(held, plain(identity))) await writeMarker(marker, identity);
    return { folder, work, [Symbol.asyncDispose]: async () => unlock() };
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError('outputUnwritable', { folder, detail: (error as Error).message }, { cause: error });
  }
}

/** As JSON gives it back: absent and undefined are one. --zip and --workers change no result, so they are left out. */
const plain = ({ model, settings: { archive: _, ...settings } }: RunIdentity): unknown =>
  JSON.parse(JSON.stringify({ model, settings }));

async function readMarker(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function writeMarker(file: string, identity: RunIdentity): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(plain(identity), null, 2)}\n`);
  await rename(`${file}.new`, file);
}

function refuseOther(folder: string, held: unknown, identity: RunIdentity): void {
  if (held === undefined)
    throw new UserError('outputTaken', { folder, holds: 'it is not empty and no labdeploy run made it' });
  if (!isDeepStrictEqual(held, plain(identity))) {
    const { model, settings } = held as RunIdentity;
    const channel = settings?.channel === undefined ? '' : `, channel ${settings.channel}`;
    const axes = settings?.axes === undefined ? '' : `, axes ${settings.axes}`;
    throw new UserError('outputTaken', {
      folder,
      holds: `its results are of another model or other settings (${model?.name} ${model?.version}${channel}${axes})`,
    });
  }
}
