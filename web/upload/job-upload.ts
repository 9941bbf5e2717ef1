import type { Call } from '../../client/call.ts';
import { type Patience, withRetries } from '../../client/retries.ts';
import { ServiceError } from '../../client/service-error.ts';
import type { Limiter } from '../../client/upload/limiter.ts';
import type { Outgoing } from '../../client/upload/outgoing.ts';
import type { Selection } from '../../client/upload/select-files.ts';
import { sendFiles } from '../../client/upload/send-files.ts';
import type { Put, SendEvent } from '../../client/upload/transfer.ts';
import type { JobView } from '../../functions/contract/jobs.ts';
import { isOver, type Upload, type UploadProgress, uploadProgress } from './upload-state.ts';

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

const begun = (
  { id, name }: JobUploadOptions['job'],
  { send, notSent }: Selection<Outgoing>,
  bytes: number,
): Omit<Upload, 'startedAt'> => ({
  jobId: id,
  name,
  phase: 'sending',
  unreachable: false,
  files: send.length,
  notSent,
  arrived: 0,
  present: 0,
  refused: 0,
  bytes,
  sentBytes: 0,
  movedBytes: 0,
  moving: new Map(),
  ended: new Map(),
  failures: new Map(),
  problem: undefined,
  error: undefined,
});

/** The upload of one job in this tab, from `start` on. */
export class JobUpload {
  private readonly options: JobUploadOptions;
  private readonly progress: UploadProgress;
  private readonly patience: Patience;
  private state: Upload;
  private stopping = new AbortController();

  constructor(options: JobUploadOptions) {
    const { job, selection, services } = options;
    this.options = options;
    this.progress = uploadProgress(selection.send);
    this.state = { ...begun(job, selection, this.progress.bytes), startedAt: services.now() };
    this.patience = {
      ...services.patience,
      onUnreachable: (unreachable) => {
        if (unreachable === this.state.unreachable) return;
        this.change({ unreachable });
        if (!unreachable) services.patience.wake?.(); // what waits for its next attempt need not
      },
    };
  }

  /** Sends everything that is not there; what is there the service knows. */
  start(): Promise<void> {
    const { send, notSent } = this.options.selection;
    const wanted = send.filter(({ path }) => this.state.ended.get(path) !== 'withdrawn');
    return this.transfer(wanted, notSent);
  }

  stop(): void {
    this.stopping.abort();
  }

  /** Tries again what failed, or of it what is named; `fresh`: the files as they were chosen again. */
  async retry(
    paths: readonly string[] = this.progress.failed(),
    fresh: readonly Outgoing[] = this.options.selection.send,
  ): Promise<void> {
    if (!isOver(this.state)) return;
    const wanted = new Set(paths);
    this.change(this.progress.retry(paths));
    await this.transfer(
      fresh.filter(({ path }) => wanted.has(path)),
      [],
    );
  }

  /** Takes a file out that has not arrived: the job names it as failed. The last one closes the list of files. */
  async withdraw(path: string): Promise<void> {
    const { services, selection, job } = this.options;
    const bytes = selection.send.find((file) => file.path === path)?.bytes ?? 0;
    const body = { files: [{ path, bytes, notSent: 'withdrawn' as const }] };
    const { signal } = new AbortController();
    await withRetries(() => services.call('signUploads', { params: { id: job.id }, body }), signal, this.patience);
    this.change(this.progress.withdraw(path));
    if (isOver(this.state) && this.progress.failed().length === 0) await this.attempt(() => this.close({}));
  }

  /** Closes the list of files without those that never arrived: they end as failed. */
  goOnWithout(): Promise<void> {
    return this.attempt(() => this.close({ missing: 'fail' }));
  }

  private change(changes: Partial<Upload>): void {
    this.state = { ...this.state, ...changes };
    this.options.show(this.state);
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const { aborted } = this.stopping.signal;
      this.change(aborted ? { phase: 'stopped', unreachable: false } : { phase: 'failed', error });
    }
  }

  private transfer(files: readonly Outgoing[], notSent: Selection<Outgoing>['notSent']): Promise<void> {
    const { services, job, limit } = this.options;
    const { call, put, filesPerCall } = services;
    this.stopping = new AbortController();
    const { signal } = this.stopping;
    this.change({ phase: 'sending', problem: undefined, error: undefined });
    return this.attempt(async () => {
      const tell = (event: SendEvent) => this.change(this.progress.take(event));
      const { patience } = this;
      await sendFiles({ jobId: job.id, files, notSent, call, put, limit, filesPerCall, patience, signal, tell });
      if (this.progress.failed().length > 0) this.change({ phase: 'incomplete' });
      else await this.close({});
    });
  }

  private async close(body: { missing?: 'fail' }): Promise<void> {
    const { services, job } = this.options;
    this.change({ phase: 'closing', problem: undefined, error: undefined });
    const { signal } = new AbortController(); // closing is one short call: it is not stopped half-way
    const submit = () => services.call('submitJob', { params: { id: job.id }, body, signal });
    try {
      services.onJob(await withRetries(submit, signal, this.patience));
      this.change({ phase: 'done' });
    } catch (error) {
      if (!(error instanceof ServiceError && error.problem?.code === 'uploadsMissing')) throw error;
      this.change({ phase: 'incomplete', problem: error.problem });
    }
  }
}
