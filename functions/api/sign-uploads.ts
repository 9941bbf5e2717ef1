import type { UploadAnswer, UploadRefusal } from '../contract/uploads.ts';
import type { Job } from '../core/job.ts';
import { inputRef } from '../core/object-keys.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { SignedAccess } from '../ports/signed-access.ts';
import { archiveRef, partsOf, type Target } from './archive.ts';
import type { NamedUpload } from './classify-uploads.ts';
import { changed } from './upload-refusals.ts';
import { signedView } from './views.ts';

export interface UploadSigner {
  objects: Pick<ObjectStore, 'head'>;
  signed: SignedAccess;
  transfer: { singlePutBytes: number; partBytes: number };
}

/** A signed upload starts within this time; S3, too, looks at the expiry only when a request begins. */
export const expiresSeconds = 60 * 60;

export async function signUpload(signer: UploadSigner, job: Job, upload: NamedUpload): Promise<UploadAnswer> {
  const { path, bytes, crc32, refused, known } = upload;
  if (refused !== undefined) return { state: 'refused', path, ...refused };
  const target = { path, ref: inputRef(job, path), bytes };
  // a file that was not known before cannot have arrived
  return (known && (await arrived(signer, target, crc32))) || signTarget(signer, target, crc32);
}

/** The one zip of the job; its bytes were counted when the job was made. */
export const signArchive = (
  signer: UploadSigner,
  job: Job,
  files: readonly Pick<NamedUpload, 'path' | 'bytes' | 'crc32' | 'identity'>[],
): Promise<UploadAnswer[]> =>
  Promise.all(
    files.map(async ({ path, bytes, crc32, identity }, i): Promise<UploadAnswer> => {
      const refused =
        i > 0
          ? { code: 'namedTwice' as const, message: 'the job is for one zip' }
          : zipRefusal(job, { path, bytes, identity });
      if (refused !== undefined) return { state: 'refused', path, ...refused };
      const target = { path, ref: archiveRef(job), bytes };
      return (await arrived(signer, target, crc32)) ?? signTarget(signer, target, crc32);
    }),
  );

function zipRefusal(
  { settings }: Job,
  { path, bytes, identity }: Pick<NamedUpload, 'path' | 'bytes' | 'identity'>,
): { code: UploadRefusal; message: string } | undefined {
  if (!/\.zip$/i.test(path))
    return { code: 'imageLeftOut', message: 'the job is for one zip, and this is none by its name' };
  if (bytes !== settings.archiveBytes)
    return changed(`the job is for a zip of ${settings.archiveBytes} bytes, and this has ${bytes}`);
  const { archiveIdentity = identity } = settings;
  return identity === undefined || identity === archiveIdentity
    ? undefined
    : changed('its bytes or its date are not those of the zip that the job is for');
}

/** What an object says that is there already; undefined where there is none. */
async function arrived(
  { objects }: UploadSigner,
  { path, ref, bytes }: Target,
  crc32: number | undefined,
): Promise<UploadAnswer | undefined> {
  const head = await objects.head(ref);
  if (head === undefined) return undefined;
  const same = head.bytes === bytes && (crc32 ?? head.crc32) === (head.crc32 ?? crc32);
  if (same) return { state: 'present', path, bytes };
  return { state: 'refused', path, ...changed('other bytes of this name have arrived before') };
}

async function signTarget(
  { signed, transfer }: UploadSigner,
  { path, ref, bytes }: Target,
  crc32: number | undefined,
): Promise<UploadAnswer> {
  if (bytes > transfer.singlePutBytes) {
    const { partBytes, partCount } = partsOf(bytes, transfer.partBytes);
    const multipart = await signed.startMultipart(ref, { bytes, partBytes });
    return { state: 'multipart', path, ...multipart, partBytes, partCount };
  }
  const request = await signed.signPut(ref, { bytes, expiresSeconds, ...(crc32 !== undefined && { crc32 }) });
  return { state: 'put', path, request: signedView(request) };
}
