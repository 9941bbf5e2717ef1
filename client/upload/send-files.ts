import { batchesOf } from '../../functions/async/batches.ts';
import { forEachLimit } from '../../functions/async/for-each-limit.ts';
import type { SignedRequestView } from '../../functions/contract/signed-request.ts';
import type { UploadAnswer, UploadsBody } from '../../functions/contract/uploads.ts';
import { withRetries } from '../retries.ts';
import { ServiceError } from '../service-error.ts';
import { FileError } from './file-error.ts';
import { identityOf } from './identity.ts';
import { type Outgoing, readable } from './outgoing.ts';
import type { NotSent } from './select-files.ts';
import { sendParts } from './send-parts.ts';
import { putsAtOnce, type SendOptions } from './transfer.ts';

/** Files whose parts are read at once to tell them from others. */
const readsAtOnce = 8;

type NamedFile = UploadsBody['files'][number];

/**
 * Sends what is missing of a folder: names up to `filesPerCall` files a call, first what is not sent, so that the job knows
 * from the start how many images it has. Sends what the store does not have, in parts where the service says so. A file that fails does not stop the others; when nothing can be signed, throws.
 */
export async function sendFiles(options: SendOptions): Promise<void> {
  const { files, notSent, filesPerCall, signal, tell } = options;
  for (const batch of batchesOf(notSent, filesPerCall)) {
    signal.throwIfAborted();
    for (const answer of await name(batch.map(unsent), options)) {
      if (answer.state === 'refused')
        tell({ kind: 'refused', path: answer.path, code: answer.code, message: answer.message });
    }
  }
  const batches = [...batchesOf(files, filesPerCall)];
  let signed = batches[0] === undefined ? undefined : sign(batches[0], options);
  for (let i = 0; i < batches.length; i++) {
    const answers = await signed!;
    const next = batches[i + 1];
    signed = next === undefined ? undefined : sign(next, options); // while this batch is sent
    signed?.catch(() => {}); // looked at in the next round
    await forEachLimit(answers, putsAtOnce, ({ file, answer }) => sendOne(file, answer, options));
  }
}

const unsentReasons: readonly string[] = ['namedTwice', 'overFileLimit'];

const unsent = ({ path, bytes, reason }: NotSent): NamedFile => ({
  path,
  bytes,
  ...(unsentReasons.includes(reason) && { notSent: reason as 'namedTwice' | 'overFileLimit' }),
});

const name = (files: NamedFile[], { call, jobId, signal, patience }: SendOptions): Promise<UploadAnswer[]> =>
  withRetries(
    async () => (await call('signUploads', { params: { id: jobId }, body: { files }, signal })).files,
    signal,
    patience,
  );

/** Names files with what tells each from others of its name. One that cannot be read is named, too, and fails. */
async function sign(
  batch: readonly Outgoing[],
  options: SendOptions,
): Promise<{ file: Outgoing; answer: UploadAnswer }[]> {
  const named: NamedFile[] = [];
  const broken = new Set<Outgoing>();
  await forEachLimit(batch.entries(), readsAtOnce, async ([i, file]) => {
    const { path, bytes } = file;
    try {
      named[i] = { path, bytes, identity: await identityOf(file) };
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      named[i] = { path, bytes };
      broken.add(file);
      options.tell({ kind: 'failed', path, error });
    }
  });
  const answers = await name(named, options);
  return batch.map((file, i) => ({ file, answer: answers[i]! })).filter(({ file }) => !broken.has(file));
}

async function sendOne(file: Outgoing, first: UploadAnswer, options: SendOptions): Promise<void> {
  const { signal, patience, tell } = options;
  const { path } = file;
  let answer: UploadAnswer | undefined = first;
  try {
    const outcome = await withRetries(
      async () => {
        const given: UploadAnswer | undefined = answer ?? (await sign([file], options))[0]?.answer;
        answer = undefined; // whatever goes wrong now, the next attempt asks again what is there
        if (given?.state === 'put') await sendWhole(file, given.request, options);
        if (given?.state === 'multipart') await sendParts(file, given, options);
        return given;
      },
      signal,
      patience,
      isStale,
    );
    if (outcome === undefined) return; // it cannot be read any more, which was said
    if (outcome.state === 'refused') tell({ kind: 'refused', path, code: outcome.code, message: outcome.message });
    else tell({ kind: outcome.state === 'present' ? 'present' : 'arrived', path });
  } catch (error) {
    signal.throwIfAborted();
    tell({ kind: 'failed', path, error });
  }
}

async function sendWhole(file: Outgoing, request: SignedRequestView, options: SendOptions): Promise<void> {
  const { put, limit, signal, tell } = options;
  await limit(async () => {
    const { body } = await file.open();
    const onSent = (bytes: number) => tell({ kind: 'sent', path: file.path, bytes });
    await readable(file, () => put(request, body, onSent, signal));
  });
}

const staleCodes = ['signatureRefused', 'uploadMissing', 'partsWrong'];

/** A signature that has ended, or parts that are gone: asking again heals it. S3 answers no problem, only a status. */
const isStale = (error: unknown): boolean =>
  error instanceof ServiceError &&
  (error.problem === undefined ? [403, 404].includes(error.status) : staleCodes.includes(error.problem.code));
