import { forEachLimit } from '../async/for-each-limit.ts';
import { usualTransfer } from '../contract/limits.ts';
import { Problem } from '../contract/problems.ts';
import type { UploadAnswer } from '../contract/uploads.ts';
import { Failure } from '../core/errors.ts';
import type { Job } from '../core/job.ts';
import { inputRef, jobPrefix } from '../core/object-keys.ts';
import type { SignedAccess } from '../ports/signed-access.ts';
import { archiveRef, partsOf, type Target, targetOf } from './archive.ts';
import { classifyUploads, maxConcurrentRequests } from './classify-uploads.ts';
import type { keyedLock } from './keyed-lock.ts';
import { registerUploads } from './register-uploads.ts';
import type { Handlers } from './request.ts';
import type { ApiServices } from './services.ts';
import { expiresSeconds, signArchive, signUpload } from './sign-uploads.ts';
import { reserveStorage } from './storage-quota.ts';
import { signedView } from './views.ts';

type UploadHandlers = Pick<Handlers, 'signUploads' | 'signParts' | 'listParts' | 'completeUpload'>;

export function uploadHandlers(services: ApiServices, lock: ReturnType<typeof keyedLock>): UploadHandlers {
  const { ports, signed, transfer = usualTransfer } = services;
  const { jobs, objects } = ports;
  const signer = { objects, signed, transfer };
  const reserve = (job: Job, targets: readonly Omit<Target, 'path'>[]) =>
    reserveStorage(job.owner, targets, { ...services, transfer }, jobs);

  return {
    signUploads: ({ who, job: { owner, id }, body }) =>
      lock(`job ${jobPrefix({ owner, id })}`, async () => {
        const job = await jobs.get({ owner, id });
        if (job === undefined) throw new Problem('jobMissing', { id });
        refuseEnded(job);
        if (job.settings.archiveBytes !== undefined) {
          await reserve(job, [{ ref: archiveRef(job), bytes: job.settings.archiveBytes }]);
          return { files: await signArchive(signer, job, body.files) };
        }
        const uploads = await classifyUploads(job, who.plan, body.files, jobs);
        const wanted = uploads.filter(({ refused }) => refused === undefined);
        await reserve(
          job,
          wanted.map(({ path, bytes }) => ({ ref: inputRef(job, path), bytes })),
        );
        await registerUploads(job, who, uploads, services);
        const files: UploadAnswer[] = new Array(uploads.length);
        await forEachLimit(uploads.entries(), maxConcurrentRequests, async ([i, upload]) => {
          files[i] = await signUpload(signer, job, upload);
        });
        return { files };
      }),

    async signParts({ job, body }) {
      refuseEnded(job);
      const target = await targetOf(job, body.path, jobs);
      await sentParts(signed, target, body.uploadId);
      await reserve(job, [target]);
      const { partBytes, partCount } = partsOf(target.bytes, transfer.partBytes);
      const wrong = body.parts.find((part) => part > partCount);
      if (wrong !== undefined) throw new Problem('partsWrong', { why: `there is no part ${wrong} of ${partCount}` });
      const parts = await Promise.all(
        body.parts.map(async (part) => {
          const bytes = part === partCount ? target.bytes - partBytes * (partCount - 1) : partBytes;
          const request = await signed.signPart(target.ref, body.uploadId, part, { bytes, expiresSeconds });
          return { part, bytes, request: signedView(request) };
        }),
      );
      return { parts };
    },

    async listParts({ job, query }) {
      return { parts: await sentParts(signed, await targetOf(job, query.path, jobs), query.uploadId) };
    },

    async completeUpload({ job, body }) {
      refuseEnded(job);
      const target = await targetOf(job, body.path, jobs);
      await complete(signed, target, body);
      return { path: target.path, bytes: target.bytes };
    },
  };
}

/** Throws the problem `uploadMissing` where the store does not know the upload. */
async function sentParts(signed: SignedAccess, { path, ref }: Target, uploadId: string) {
  const sent = await signed.listParts(ref, uploadId);
  if (sent === undefined) throw new Problem('uploadMissing', { path });
  return sent;
}

type Parts = Parameters<SignedAccess['completeMultipart']>[2];

/** Throws the problems `uploadMissing` and `partsWrong`. Whole already: nothing to do. */
async function complete(
  signed: SignedAccess,
  { path, ref, bytes }: Target,
  { uploadId, parts }: { uploadId: string; parts: Parts },
): Promise<void> {
  try {
    await signed.completeMultipart(ref, uploadId, parts, { bytes });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.code === 'objectMissing') throw new Problem('uploadMissing', { path }, { cause: error });
    if (error.code === 'objectCorrupt') throw new Problem('partsWrong', { why: error.advice.why }, { cause: error });
    if (error.code !== 'objectPresent') throw error; // it is whole: an earlier call's answer was lost
  }
}

/** A job that was given up takes nothing any more. One that has ended otherwise takes files that it misses: they can be retried. */
function refuseEnded({ state }: Job): void {
  if (state === 'cancelled' || state === 'expired') throw new Problem('jobEnded', { state });
}
