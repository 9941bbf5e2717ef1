import { FileError } from '../../client/upload/file-error.ts';
import { identityOf } from '../../client/upload/identity.ts';
import type { Outgoing } from '../../client/upload/outgoing.ts';
import type { Selection } from '../../client/upload/select-files.ts';
import { forEachLimit } from '../../functions/async/for-each-limit.ts';
import { classifyPath } from '../../functions/core/classify-path.ts';
import type { FailureCode } from '../../functions/core/errors.ts';
import type { StoredFailure } from '../../functions/core/job.ts';
import { archivePath } from '../../functions/core/object-keys.ts';
import { folderEntries } from '../run/entries.ts';
import type { RunInputs } from '../run/inputs.ts';
import type { RememberedFile } from './remembered-request.ts';
import { outgoing } from './upload.ts';

export interface SubmittedFiles {
  /** What the service is asked to take: it names what is no image as left out. */
  files: Outgoing[];
  /** Images and folders that cannot be read here, with the reason: the service never learns of them. */
  unreadable: { path: string; failure: StoredFailure }[];
}

export function submittedFiles(inputs: RunInputs): SubmittedFiles {
  if (inputs.kind === 'zip')
    return { files: [outgoing({ file: inputs.file, path: archivePath, bytes: inputs.bytes })], unreadable: [] };
  const files = inputs.files
    .filter(({ path, trouble }) => trouble === undefined || classifyPath(path).kind === 'leftOut')
    .map(outgoing);
  const unreadable = folderEntries(inputs.files).flatMap(({ path, refused }) =>
    refused?.code === ('imageUnreadable' satisfies FailureCode) ? [{ path, failure: refused }] : [],
  );
  return { files, unreadable };
}

/** Files read at once. */
const readsAtOnce = 8;

/** What tells each file that is sent from others of its name; the others are known by name and size. */
export async function identified({ send, notSent }: Selection<Outgoing>): Promise<RememberedFile[]> {
  const found: RememberedFile[] = [];
  await forEachLimit(send.entries(), readsAtOnce, async ([i, file]) => {
    const identity = await identityOf(file).catch((error: unknown) => {
      if (error instanceof FileError) return null; // said when it is to be sent
      throw error;
    });
    found[i] = [file.path, file.bytes, identity];
  });
  const others = notSent.filter(({ reason }) => reason !== 'hidden'); // which the system changes as it likes
  return [...found, ...others.map(({ path, bytes }): RememberedFile => [path, bytes, null])];
}
