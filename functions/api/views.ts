import type { FailureView, FileView, JobView } from '../contract/jobs.ts';
import type { SignedRequestView } from '../contract/signed-request.ts';
import { nextStep } from '../core/errors.ts';
import type { Job, JobFile, StoredFailure } from '../core/job.ts';
import { choicesOf } from '../core/job-choices.ts';
import type { JobStorage } from '../core/job-storage.ts';
import { pendingFiles, reopen } from '../core/transitions.ts';
import type { Share } from '../ports/share-store.ts';
import type { SignedRequest } from '../ports/signed-access.ts';

export const iso = (time: number): string => new Date(time).toISOString();

export function failureView({ code, message }: StoredFailure): FailureView {
  const next = nextStep(code);
  return { code, message, ...(next !== undefined && { next }) };
}

const storageView = ({
  state,
  since,
  dueAt,
  readyBy,
  bytes,
  keptUntil,
}: JobStorage): NonNullable<JobView['storage']> => ({
  state,
  since: iso(since),
  ...(dueAt !== undefined && { downloadUntil: iso(dueAt) }),
  ...(readyBy !== undefined && { readyBy: iso(readyBy) }),
  ...(bytes !== undefined && { bytes }),
  ...(keptUntil !== undefined && { keptUntil: iso(keptUntil) }),
});

/** `share`: by which whoever asks sees it, and may only read it. */
export function jobView(job: Job, share?: Share): JobView {
  const { model, probabilities = false, archiveBytes, archiveIdentity, announced, from, trial } = job.settings;
  return {
    id: job.id,
    name: job.name,
    ...(job.note !== undefined && { note: job.note }),
    source: from !== undefined ? 'job' : archiveBytes === undefined ? 'files' : 'zip',
    ...(from !== undefined && { from }),
    ...(trial === true && { trial }),
    settings: {
      model,
      ...choicesOf(job.settings),
      probabilities,
    },
    state: job.state,
    sealed: job.sealed,
    counts: {
      expected: job.expected,
      done: job.done,
      failed: job.failed,
      leftOut: job.leftOut,
      pending: pendingFiles(job),
      ...(job.approximate && { approximate: true }),
    },
    ...(announced !== undefined && { announced }),
    ...(archiveIdentity !== undefined && { archiveIdentity }),
    bytes: job.expected === 0 ? (archiveBytes ?? 0) : job.bytes,
    generation: job.generation,
    retryable: share === undefined && reopen(job, job.changedAt) !== undefined,
    ...(job.failure !== undefined && { failure: failureView(job.failure) }),
    ...(job.storage !== undefined && { storage: storageView(job.storage) }),
    ...(share !== undefined && { shared: { by: share.ownerEmail, at: iso(share.sharedAt) } }),
    createdAt: iso(job.createdAt),
    changedAt: iso(job.changedAt),
  };
}

export const fileView = ({ path, bytes, identity, state, failure, notes, machine }: JobFile): FileView => ({
  path,
  bytes,
  ...(identity !== undefined && { identity }),
  state,
  ...(failure !== undefined && { failure: failureView(failure) }),
  ...(notes !== undefined && { notes: [...notes] }),
  ...(machine !== undefined && { machine: { state: machine.state, since: iso(machine.since) } }),
});

export const signedView = <M extends SignedRequest['method']>({
  method,
  url,
  headers,
  expiresAt,
}: SignedRequest & { method: M }): SignedRequestView & { method: M } => ({
  method,
  url,
  headers,
  expiresAt: iso(expiresAt),
});
