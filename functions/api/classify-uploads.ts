import { forEachLimit } from '../async/for-each-limit.ts';
import type { UploadRefusal, UploadsBody } from '../contract/uploads.ts';
import { type ClassifiedPath, classifyPath } from '../core/classify-path.ts';
import { isCompanion } from '../core/companion-files.ts';
import { Failure } from '../core/errors.ts';
import type { Job, JobFile } from '../core/job.ts';
import type { Plan } from '../core/plans.ts';
import { isOpen } from '../core/transitions.ts';
import type { JobStore } from '../ports/job-store.ts';
import { changed, notSent, type Refusal } from './upload-refusals.ts';

type NamedFile = UploadsBody['files'][number];

/** A file that a call names, and what becomes of it. */
export interface NamedUpload extends Pick<NamedFile, 'bytes' | 'crc32' | 'identity'> {
  /** Normalised. */
  path: string;
  refused?: Refusal;
  /** What the job names it as, however it comes; absent where the refusal leaves no trace. */
  recorded?: 'failed' | 'leftOut';
  /** It is no image, for this reason, and is sent all the same: images beside it are read with it. */
  companion?: Refusal;
  known?: boolean;
  /** Named before, and not ended. */
  pending?: boolean;
}

/** Requests to the store at once for one call. */
export const maxConcurrentRequests = 16;

/** Looks at each file by itself: its name, its size, and what the job knows of it. In the order of the call. */
export async function classifyUploads(
  job: Job,
  plan: Plan,
  files: readonly NamedFile[],
  jobs: Pick<JobStore, 'file'>,
): Promise<NamedUpload[]> {
  const seen = new Set<string>();
  const uploads = files.map((file) => {
    const classified = classifyPath(file.path);
    const twice = seen.has(classified.path);
    seen.add(classified.path);
    return twice ? refusedTwice(classified.path, file.bytes) : uploadOf(file, classified, plan);
  });
  await forEachLimit(uploads, maxConcurrentRequests, async (upload) => {
    compareWithJob(upload, job, await jobs.file(job, upload.path));
  });
  return uploads;
}

const refusedTwice = (path: string, bytes: number): NamedUpload => ({
  path,
  bytes,
  refused: { code: 'namedTwice', message: 'this call names the file twice, perhaps in two Unicode forms' },
});

/** By its name, its size and what its client says; nothing of the job. */
function uploadOf(file: NamedFile, classified: ClassifiedPath, plan: Plan): NamedUpload {
  const { path } = classified;
  const refuse = (code: UploadRefusal, message: string, recorded: 'failed' | 'leftOut'): NamedUpload => ({
    path,
    bytes: file.bytes,
    refused: { code, message },
    recorded,
  });
  const tooLarge = (): NamedUpload => {
    const { message } = new Failure('fileTooLarge', { bytes: file.bytes, limit: plan.bytesPerFile });
    return refuse('fileTooLarge', message, 'failed');
  };
  if (classified.kind === 'leftOut') {
    const { message } = classified.failure;
    const companion = isCompanion(path, file.bytes);
    if (companion && file.bytes > plan.bytesPerFile) return tooLarge();
    return companion && file.notSent === undefined
      ? { ...file, path, recorded: 'leftOut', companion: { code: 'imageLeftOut', message } }
      : refuse('imageLeftOut', message, 'leftOut');
  }
  if (file.notSent !== undefined) {
    const { code, message } = notSent(file.notSent, plan);
    return refuse(code, message, 'failed');
  }
  if (classified.kind === 'refused') return refuse('pathRefused', classified.failure.message, 'failed');
  return file.bytes > plan.bytesPerFile ? tooLarge() : { ...file, path };
}

/** `file`: what the job knows under the path. Refuses what is new to a closed job, or was another file before. */
function compareWithJob(upload: NamedUpload, job: Job, file: JobFile | undefined): void {
  upload.known = file !== undefined;
  upload.pending = file?.state === 'pending';
  if (upload.refused !== undefined) return;
  const refused = file === undefined ? closed(job) : difference(upload, file);
  if (refused !== undefined) upload.refused = refused;
}

const closed = (job: Job): Refusal | undefined =>
  isOpen(job)
    ? undefined
    : { code: 'jobClosed', message: 'the job was submitted without this file; send it in a new job' };

function difference({ bytes, identity }: NamedUpload, file: JobFile): Refusal | undefined {
  if (file.bytes !== bytes) return changed(`it had ${file.bytes} bytes when it was first named, and has ${bytes} now`);
  if ((identity ?? file.identity) !== (file.identity ?? identity))
    return changed('its bytes or its date are not those that it had when it was first named');
  return undefined;
}
