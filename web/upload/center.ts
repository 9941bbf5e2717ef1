import type { JobView, ProblemView } from '../../functions/contract/schemas.ts';
import { ApiError } from '../api/client.ts';
import type { Api } from '../api/endpoints.ts';
import { type Patience, withRetries } from './attempts.ts';
import { type Outgoing, type Put, type SendEvent, sendFiles } from './send-files.ts';

/** The upload of one folder in this tab. */
export interface Upload {
  jobId: string;
  name: string;
  /**
   * `sending`; `closing` the list of files; `done`: the service has everything; `stopped` by the user; `incomplete`: some
   * files failed or others were never sent, `problem` says which; `failed`: `error` says why.
   */
  phase: 'sending' | 'closing' | 'done' | 'stopped' | 'incomplete' | 'failed';
  files: number;
  /** Of these: sent now, there before, refused. */
  arrived: number;
  present: number;
  refused: number;
  bytes: number;
  /** Of arrived, present and refused files, and of those on their way. */
  sentBytes: number;
  /** Really sent, for the time left. */
  movedBytes: number;
  startedAt: number;
  /** Bytes of files on their way, by path. */
  moving: ReadonlyMap<string, number>;
  /** What became of files, by path; a file that is missing here waits. */
  ended: ReadonlyMap<string, 'arrived' | 'present' | 'refused' | 'failed'>;
  failures: readonly { path: string; message: string }[];
  problem: ProblemView | undefined;
  error: unknown;
}

export interface CenterOptions {
  api: Api;
  put: Put;
  filesPerCall: number;
  patience: Patience;
  now(): number;
  /** Calls `flush` soon; many changes are shown together. */
  schedule(flush: () => void): void;
  /** The job has changed at the service. */
  onJob(job: JobView): void;
}

const isOver = ({ phase }: Upload): boolean => phase !== 'sending' && phase !== 'closing';

/** The uploads of this tab. They go on while the user looks at other screens. */
export function uploadCenter({ api, put, filesPerCall, patience, now, schedule, onJob }: CenterOptions) {
  const uploads = new Map<string, Upload>();
  const sources = new Map<string, { files: readonly Outgoing[]; stop: AbortController }>();
  const listeners = new Set<() => void>();
  let scheduled = false;

  const show = (upload: Upload): void => {
    uploads.set(upload.jobId, upload);
    if (scheduled) return;
    scheduled = true;
    schedule(() => {
      scheduled = false;
      for (const listener of listeners) listener();
    });
  };

  async function run(job: Pick<JobView, 'id' | 'name'>, files: readonly Outgoing[]): Promise<void> {
    const stop = new AbortController();
    sources.set(job.id, { files, stop });
    const sizes = new Map(files.map(({ path, bytes }) => [path, bytes]));
    const moving = new Map<string, number>();
    const ended = new Map<string, 'arrived' | 'present' | 'refused' | 'failed'>();
    const failures: { path: string; message: string }[] = [];
    let state: Upload = {
      jobId: job.id,
      name: job.name,
      phase: 'sending',
      files: files.length,
      arrived: 0,
      present: 0,
      refused: 0,
      bytes: [...sizes.values()].reduce((sum, size) => sum + size, 0),
      sentBytes: 0,
      movedBytes: 0,
      startedAt: now(),
      moving,
      ended,
      failures,
      problem: undefined,
      error: undefined,
    };
    const change = (changes: Partial<Upload>) => {
      state = { ...state, ...changes };
      show(state);
    };
    show(state);

    let endedBytes = 0;
    let movedBytes = 0;
    const tell = (event: SendEvent): void => {
      const { path, kind } = event;
      const size = sizes.get(path)!;
      if (kind === 'sent') {
        const bytes = Math.min(event.bytes, size);
        movedBytes += Math.max(0, bytes - (moving.get(path) ?? 0));
        moving.set(path, bytes);
      } else {
        if (kind === 'arrived') movedBytes += size - (moving.get(path) ?? 0);
        moving.delete(path);
        ended.set(path, kind);
        if (kind === 'refused') failures.push({ path, message: event.message });
        if (kind === 'failed') failures.push({ path, message: textOf(event.error) });
        else endedBytes += size;
      }
      const moved = [...moving.values()].reduce((sum, bytes) => sum + bytes, 0); // a few at most
      change({
        sentBytes: endedBytes + moved,
        movedBytes,
        ...(kind === 'arrived' && { arrived: state.arrived + 1 }),
        ...(kind === 'present' && { present: state.present + 1 }),
        ...(kind === 'refused' && { refused: state.refused + 1 }),
      });
    };

    try {
      await sendFiles({ jobId: job.id, files, api, put, filesPerCall, patience, signal: stop.signal, tell });
      if ([...ended.values()].includes('failed')) return change({ phase: 'incomplete' });
      await close(job.id, {}, change);
    } catch (error) {
      change(stop.signal.aborted ? { phase: 'stopped' } : { phase: 'failed', error });
    }
  }

  async function close(
    id: string,
    body: { missing?: 'fail' },
    change: (changes: Partial<Upload>) => void,
  ): Promise<void> {
    change({ phase: 'closing', problem: undefined, error: undefined });
    try {
      const { signal } = new AbortController(); // closing is one short call: it is not stopped half-way
      onJob(await withRetries(() => api.submit(id, body), signal, patience));
      change({ phase: 'done' });
    } catch (error) {
      if (!(error instanceof ApiError && error.problem?.code === 'uploadsMissing')) throw error;
      change({ phase: 'incomplete', problem: error.problem });
    }
  }

  return {
    get: (id: string): Upload | undefined => uploads.get(id),
    /** Some upload is on its way: leaving the page would stop it. */
    busy: (): boolean => [...uploads.values()].some((upload) => !isOver(upload)),
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** Sends a folder into a job; what has arrived before is not sent again. Sending the same job twice at once does nothing. */
    start(job: Pick<JobView, 'id' | 'name'>, files: readonly Outgoing[]): void {
      const known = uploads.get(job.id);
      if (known === undefined || isOver(known)) void run(job, files);
    },
    stop(id: string): void {
      sources.get(id)?.stop.abort();
    },
    /** Tries everything again that is not there. */
    again(id: string): void {
      const upload = uploads.get(id);
      const source = sources.get(id);
      if (upload !== undefined && source !== undefined && isOver(upload)) {
        void run({ id, name: upload.name }, source.files);
      }
    },
    /** Closes the list of files without those that never arrived: they end as failed. */
    async goOnWithout(job: Pick<JobView, 'id'>): Promise<void> {
      const change = (changes: Partial<Upload>) => {
        const upload = uploads.get(job.id);
        if (upload !== undefined) show({ ...upload, ...changes });
      };
      try {
        await close(job.id, { missing: 'fail' }, change);
      } catch (error) {
        change({ phase: 'failed', error });
        throw error;
      }
    },
    forget(id: string): void {
      sources.get(id)?.stop.abort();
      sources.delete(id);
      uploads.delete(id);
    },
  };
}

export type UploadCenter = ReturnType<typeof uploadCenter>;

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
