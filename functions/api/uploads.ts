import { forEachLimit } from '../async/for-each-limit.ts';
import { Problem } from '../contract/problems.ts';
import { apiLimits, type UploadAnswer, type UploadRefusal, usualTransfer } from '../contract/schemas.ts';
import { classifyPath } from '../core/classify-path.ts';
import { Failure } from '../core/errors.ts';
import type { Job, NewFile } from '../core/job.ts';
import { inputRef, jobPrefix } from '../core/object-keys.ts';
import { isOpen } from '../core/transitions.ts';
import { finishAndAdvance } from '../jobs/advance.ts';
import { archiveRef, partsOf, type Target, targetOf } from './archive.ts';
import type { keyedLock } from './keyed-lock.ts';
import { spend, within } from './quota.ts';
import type { Handlers, Principal } from './request.ts';
import { sentImages } from './sent-images.ts';
import type { ApiServices } from './services.ts';
import { reserveStorage } from './storage-quota.ts';
import { changed, type NotSent, notSent, type Refusal } from './upload-refusals.ts';
import { signedView } from './views.ts';

type UploadHandlers = Pick<Handlers, 'signUploads' | 'signParts' | 'listParts' | 'completeUpload'>;

/** A signed upload starts within this time; S3, too, looks at the expiry only when a request begins. */
const expiresSeconds = 60 * 60;
/** Requests to the store at once for one call. */
const maxConcurrentSigns = 16;

interface Named {
  path: string;
  bytes: number;
  crc32?: number | undefined;
  identity?: string | undefined;
  notSent?: NotSent | undefined;
  refused?: Refusal;
  /** What the job names it as, as in every other entrance; absent where the refusal leaves no trace. */
  recorded?: 'failed' | 'leftOut';
  known?: boolean;
  /** Named before, and not ended. */
  pending?: boolean;
}

export function uploadHandlers(services: ApiServices, lock: ReturnType<typeof keyedLock>): UploadHandlers {
  const { ports, signed, transfer = usualTransfer } = services;
  const { jobs, objects } = ports;
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
          return { files: await signArchive(job, job.settings.archiveBytes, body.files) };
        }
        const named = await classify(job, who, body.files);
        const wanted = named.filter(({ refused }) => refused === undefined);
        await reserve(
          job,
          wanted.map(({ path, bytes }) => ({ ref: inputRef(job, path), bytes })),
        );
        await register(job, who, named);
        const files: UploadAnswer[] = new Array(named.length);
        await forEachLimit(named.entries(), maxConcurrentSigns, async ([i, each]) => {
          files[i] = await answer(job, each);
        });
        return { files };
      }),

    async signParts({ job, body }) {
      refuseEnded(job);
      const target = await targetOf(job, body.path, jobs);
      await sentParts(target, body.uploadId);
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
      return { parts: await sentParts(await targetOf(job, query.path, jobs), query.uploadId) };
    },

    async completeUpload({ job, body }) {
      refuseEnded(job);
      const { path, ref, bytes } = await targetOf(job, body.path, jobs);
      try {
        await signed.completeMultipart(ref, body.uploadId, body.parts, { bytes });
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        if (error.code === 'objectMissing') throw new Problem('uploadMissing', { path }, { cause: error });
        if (error.code === 'objectCorrupt')
          throw new Problem('partsWrong', { why: error.advice.why }, { cause: error });
        if (error.code !== 'objectPresent') throw error; // it is whole: an earlier call's answer was lost
      }
      return { path, bytes };
    },
  };

  async function sentParts({ path, ref }: Target, uploadId: string) {
    const sent = await signed.listParts(ref, uploadId);
    if (sent === undefined) throw new Problem('uploadMissing', { path });
    return sent;
  }

  /** Looks at each file by itself: its name, its size, and what the job knows of it. */
  async function classify(job: Job, { plan }: Principal, files: readonly Omit<Named, 'refused'>[]): Promise<Named[]> {
    const seen = new Set<string>();
    const named = files.map((file): Named => {
      const classified = classifyPath(file.path);
      const { path } = classified;
      const twice = seen.has(path);
      seen.add(path);
      const refuse = (code: UploadRefusal, message: string): Named => ({
        path,
        bytes: file.bytes,
        refused: { code, message },
      });
      if (twice) return refuse('namedTwice', 'this call names the file twice, perhaps in two Unicode forms');
      if (classified.kind === 'leftOut')
        return { ...refuse('imageLeftOut', classified.failure.message), recorded: 'leftOut' };
      const failed = ({ code, message }: Refusal): Named => ({ ...refuse(code, message), recorded: 'failed' });
      if (file.notSent !== undefined) return failed(notSent(file.notSent, plan));
      if (classified.kind === 'refused') return failed({ code: 'pathRefused', message: classified.failure.message });
      if (file.bytes > plan.bytesPerFile) {
        const { message } = new Failure('fileTooLarge', { bytes: file.bytes, limit: plan.bytesPerFile });
        return failed({ code: 'fileTooLarge', message });
      }
      return { ...file, path };
    });
    await forEachLimit(named, maxConcurrentSigns, async (each) => {
      const file = await jobs.file(job, each.path);
      each.known = file !== undefined;
      each.pending = file?.state === 'pending';
      if (each.refused !== undefined) return;
      if (file === undefined && !isOpen(job)) {
        each.refused = { code: 'jobClosed', message: 'the job was submitted without this file; send it in a new job' };
      } else if (file !== undefined && file.bytes !== each.bytes) {
        each.refused = changed(`it had ${file.bytes} bytes when it was first named, and has ${each.bytes} now`);
      } else if (file !== undefined && (each.identity ?? file.identity) !== (file.identity ?? each.identity)) {
        each.refused = changed('its bytes or its date are not those that it had when it was first named');
      }
    });
    return named;
  }

  /** Makes the new files known to the job, within the limits, before anything can arrive. */
  async function register(job: Job, who: Principal, named: readonly Named[]): Promise<void> {
    if (!isOpen(job)) return;
    const added = named.filter(
      ({ known, refused, recorded }) => !known && (refused === undefined || recorded !== undefined),
    );
    const sent = added.filter(({ refused }) => refused === undefined);
    if (sent.length > 0) {
      const used = await sentImages(job, who.plan.filesPerJob - sent.length, jobs);
      within('filesPerJob', who.plan, used, sent.length, 'files of this job');
    }
    const withNotSent = { ...who.plan, filesPerJob: who.plan.filesPerJob + apiLimits.notSentPerJob };
    within('filesPerJob', withNotSent, job.expected, added.length, 'files of this job and those that are not sent');
    const bytes = sent.reduce((sum, each) => sum + each.bytes, 0);
    if (sent.length > 0) await spend(who, { bytes }, services);
    if (added.length > 0) await jobs.expect(job, added.map(newFileOf));
    // Also those that a call before this one named and did not end.
    for (const { path, refused, recorded, known, pending } of named) {
      if (refused !== undefined && recorded === 'failed' && (!known || pending))
        await finishAndAdvance(job, path, { state: 'failed', failure: refused }, ports);
    }
  }

  async function answer(job: Job, { path, bytes, crc32, refused, known }: Named): Promise<UploadAnswer> {
    if (refused !== undefined) return { state: 'refused', path, ...refused };
    const ref = inputRef(job, path);
    return signMissing({ path, ref, bytes }, crc32, known === true);
  }

  /** `mayBeThere`: a file that was not known before cannot have arrived. */
  async function signMissing(
    { path, ref, bytes }: Target,
    crc32: number | undefined,
    mayBeThere: boolean,
  ): Promise<UploadAnswer> {
    const head = mayBeThere ? await objects.head(ref) : undefined;
    if (head !== undefined) {
      const same = head.bytes === bytes && (crc32 ?? head.crc32) === (head.crc32 ?? crc32);
      if (same) return { state: 'present', path, bytes };
      return { state: 'refused', path, ...changed('other bytes of this name have arrived before') };
    }
    if (bytes > transfer.singlePutBytes) {
      const { partBytes, partCount } = partsOf(bytes, transfer.partBytes);
      return {
        state: 'multipart',
        path,
        ...(await signed.startMultipart(ref, { bytes, partBytes })),
        partBytes,
        partCount,
      };
    }
    const request = await signed.signPut(ref, { bytes, expiresSeconds, ...(crc32 !== undefined && { crc32 }) });
    return { state: 'put', path, request: signedView(request) };
  }

  /** The one zip of the job; its bytes were counted when the job was made. */
  function signArchive(job: Job, archiveBytes: number, files: readonly Named[]): Promise<UploadAnswer[]> {
    return Promise.all(
      files.map(async ({ path, bytes, crc32, identity }, i): Promise<UploadAnswer> => {
        const refuse = (code: UploadRefusal, message: string): UploadAnswer => ({
          state: 'refused',
          path,
          code,
          message,
        });
        if (i > 0) return refuse('namedTwice', 'the job is for one zip');
        if (!/\.zip$/i.test(path))
          return refuse('imageLeftOut', 'the job is for one zip, and this is none by its name');
        if (bytes !== archiveBytes) {
          return {
            state: 'refused',
            path,
            ...changed(`the job is for a zip of ${archiveBytes} bytes, and this has ${bytes}`),
          };
        }
        const { archiveIdentity = identity } = job.settings;
        if (identity !== undefined && identity !== archiveIdentity) {
          const how = 'its bytes or its date are not those of the zip that the job is for';
          return { state: 'refused', path, ...changed(how) };
        }
        return signMissing({ path, ref: archiveRef(job), bytes }, crc32, true);
      }),
    );
  }
}

const newFileOf = ({ path, bytes, identity, refused, recorded }: Named): NewFile => ({
  path,
  bytes,
  ...(identity !== undefined && { identity }),
  ...(recorded === 'leftOut' && refused !== undefined && { leftOut: refused }),
});

/** A job that was given up takes nothing any more. One that has ended otherwise takes files that it misses: they can be retried. */
function refuseEnded({ state }: Job): void {
  if (state === 'cancelled' || state === 'expired') throw new Problem('jobEnded', { state });
}
