import { limiter } from '../../client/upload/limiter.ts';
import type { Outgoing } from '../../client/upload/outgoing.ts';
import type { Selection } from '../../client/upload/select-files.ts';
import { putsAtOnce } from '../../client/upload/transfer.ts';
import type { JobView } from '../../functions/contract/jobs.ts';
import { JobUpload, type UploadServices } from './job-upload.ts';
import { isOver, type Upload } from './upload-state.ts';

export interface CenterOptions extends UploadServices {
  /** Calls `flush` soon; many changes are shown together. */
  schedule(flush: () => void): void;
}

/** The uploads of this tab. They go on while the user looks at other screens. */
export function uploadCenter({ schedule, ...services }: CenterOptions) {
  const uploads = new Map<string, JobUpload>();
  const shown = new Map<string, Upload>();
  const listeners = new Set<() => void>();
  const limit = limiter(putsAtOnce); // one for all: the browser's connections are shared, too
  let scheduled = false;

  const notify = (): void => {
    if (scheduled) return;
    scheduled = true;
    schedule(() => {
      scheduled = false;
      for (const listener of listeners) listener();
    });
  };

  return {
    get: (id: string): Upload | undefined => shown.get(id),
    /** Some upload is on its way: leaving the page would stop it. */
    busy: (): boolean => [...shown.values()].some((upload) => !isOver(upload)),
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** Sends a folder into a job; what has arrived before is not sent again. Sending the same job twice at once does nothing. */
    start(job: Pick<JobView, 'id' | 'name'>, selection: Selection<Outgoing>): void {
      const known = shown.get(job.id);
      if (known !== undefined && !isOver(known)) return;
      const show = (upload: Upload) => {
        if (uploads.get(job.id) !== begun) return; // forgotten meanwhile
        shown.set(job.id, upload);
        notify();
      };
      const begun: JobUpload = new JobUpload({ job, selection, services, limit, show });
      uploads.set(job.id, begun);
      void begun.start();
    },
    stop: (id: string): void => uploads.get(id)?.stop(),
    /** Sends everything again that is not there; what is there the service knows. */
    again(id: string): void {
      void uploads.get(id)?.start();
    },
    /** Tries failed files again; `fresh`: as they were chosen again. */
    retry(id: string, paths?: readonly string[], fresh?: readonly Outgoing[]): void {
      void uploads.get(id)?.retry(paths, fresh);
    },
    withdraw: async (id: string, path: string): Promise<void> => uploads.get(id)?.withdraw(path),
    goOnWithout: async (id: string): Promise<void> => uploads.get(id)?.goOnWithout(),
    forget(id: string): void {
      const upload = uploads.get(id);
      uploads.delete(id);
      shown.delete(id);
      upload?.stop();
      notify();
    },
  };
}

export type UploadCenter = ReturnType<typeof uploadCenter>;
