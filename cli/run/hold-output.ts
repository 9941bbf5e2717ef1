import { holdFolder } from '../../functions/runtime/hold-folder.ts';
import { UserError } from '../errors.ts';
import { workFolder } from './markers.ts';

/** An output folder, held by this process alone until it is disposed of. */
export interface HeldOutput extends AsyncDisposable {
  folder: string;
  /** labdeploy's own files: what it needs to continue. */
  work: string;
}

/**
 * Makes the folder and holds it. `check` runs before anything is written, and `begin` once it is held: another process
 * may have come and gone in between. Throws `outputLocked`, `outputUnwritable` and the UserErrors of the two.
 */
export async function holdOutput(
  folder: string,
  { check, begin }: { check: () => Promise<void>; begin: () => Promise<void> },
): Promise<HeldOutput> {
  const work = workFolder(folder);
  try {
    await check();
    const unlock = await holdFolder(work);
    if (unlock === undefined) throw new UserError('outputLocked', { folder });
    try {
      await begin();
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
