import type { Call } from '../../client/call.ts';
import { type Patience, withRetries } from '../../client/retries.ts';
import { ServiceError } from '../../client/service-error.ts';
import type { Limiter } from '../../client/upload/limiter.ts';
import type { Outgoing } from '../../client/upload/outgoing.ts';
import type { Selection } from '../../client/upload/select-files.ts';
import { sendFiles } from '../../client/upload/send-files.ts';
import type { Put } from '../../client/upload/transfer.ts';
import type { JobView } from '../../functions/contract/schemas.ts';
import { isOver, type Upload, uploadProgress } from './upload-state.ts';

export interface UploadServices {
  call: Call;
  put: Put;
  filesPerCall: number;
  patience: Patience & { wake?(): void };
  now(): number;
  /** The job has changed at the service. */
  onJob(job: JobView): void;
}

interface JobUploadOptions {
  job: Pick<JobView, 'id' | 'name'>;
  selection: Selection<Outgoing>;
  services: UploadServices;
  /** Of all uploads of the tab. */
  limit: Limiter;
  show(upload: Upload): void;
}

/** The upload of one job in this tab, from `start` on. */
export function jobUpload({ job: { id, name }, selection, services, limit, show }: JobUploadOptions) {
  const { call, put, filesPerCall, patience, now, onJob } = services;
  const { send, notSent } = selection;
  const params = { id };
  const progress = uploadProgress(send);
  let stop = new AbortController();
  let state: Upload = {
    jobId: id,
    name,
    phase: 'sending',
    unreachable: false,
    files: send.length,
    notSent,
    arrived: 0,
    present: 0,
    refused: 0,
    bytes: progress.bytes,
    sentBytes: 0,
    movedBytes: 0,
    startedAt: now(),
    moving: new Map(),
    ended: new Map(),
    failures: new Map(),
    problem: undefined,
    error: undefined,
  };
  const change = (changes: Partial<Upload>) => {
    state = { ...state, ...changes };
    show(state);
  };
  const watchful: Patience = {
    ...patience,
    onUnreachable(unreachable) {
      if (unreachable === state.unreachable) return;
      change({ unreachable });
      if (!unreachable) patience.wake?.(); // what waits for its next attempt need not
    },
  };
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      change(stop.signal.aborted ? { phase: 'stopped', unreachable: false } : { phase: 'failed', error });
    }
  };

  async function transfer(files: readonly Outgoing[], unsent: typeof notSent): Promise<void> {
    stop = new AbortController();
    change({ phase: 'sending', problem: undefined, error: undefined });
    await attempt(async () => {
      await sendFiles({
        jobId: id,
        files,
        notSent: unsent,
        call,
        put,
        limit,
        filesPerCall,
        patience: watchful,
        signal: stop.signal,
        tell: (event) => change(progress.take(event)),
      });
      if (progress.failed().length > 0) change({ phase: 'incomplete' });
      else await close({});
    });
  }

  async function close(body: { missing?: 'fail' }): Promise<void> {
    change({ phase: 'closing', problem: undefined, error: undefined });
    const { signal } = new AbortController(); // closing is one short call: it is not stopped half-way
    try {
      onJob(await withRetries(() => call('submitJob', { params, body, signal }), signal, watchful));
      change({ phase: 'done' });
    } catch (error) {
      if (!(error instanceof ServiceError && error.problem?.code === 'uploadsMissing')) throw error;
      change({ phase: 'incomplete', problem: error.problem });
    }
  }

  return {
    state: () => state,
    start: () =>
      transfer(
        send.filter(({ path }) => state.ended.get(path) !== 'withdrawn'),
        notSent,
      ),
    stop: () => stop.abort(),
    /** Tries again what failed, or of it what is named; `fresh`: the files as they were chosen again. */
    async retry(paths: readonly string[] = progress.failed(), fresh: readonly Outgoing[] = send): Promise<void> {
      if (!isOver(state)) return;
      const wanted = new Set(paths);
      change(progress.retry(paths));
      await transfer(
        fresh.filter(({ path }) => wanted.has(path)),
        [],
      );
    },
    /** Takes a file out that has not arrived: the job names it as failed. The last one closes the list of files. */
    async withdraw(path: string): Promise<void> {
      const bytes = send.find((file) => file.path === path)?.bytes ?? 0;
      const body = { files: [{ path, bytes, notSent: 'withdrawn' as const }] };
      await withRetries(() => call('signUploads', { params, body }), new AbortController().signal, watchful);
      change(progress.withdraw(path));
      if (isOver(state) && progress.failed().length === 0) await attempt(() => close({}));
    },
    /** Closes the list of files without those that never arrived: they end as failed. */
    async goOnWithout(): Promise<void> {
      await attempt(() => close({ missing: 'fail' }));
    },
  };
}

export type JobUpload = ReturnType<typeof jobUpload>;
