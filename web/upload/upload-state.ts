import type { Outgoing } from '../../client/upload/outgoing.ts';
import type { NotSent } from '../../client/upload/select-files.ts';
import type { SendEvent } from '../../client/upload/transfer.ts';
import type { ProblemView } from '../../functions/contract/problem-view.ts';

type FileEnd = 'arrived' | 'present' | 'refused' | 'failed' | 'withdrawn';

/** The upload of one folder in this tab. */
export interface Upload {
  jobId: string;
  name: string;
  /**
   * `sending`; `closing` the list of files; `done`: the service has everything; `stopped` by the user; `incomplete`: some
   * files failed or others were never sent, `problem` says which; `failed`: `error` says why.
   */
  phase: 'sending' | 'closing' | 'done' | 'stopped' | 'incomplete' | 'failed';
  /** Nothing answers at the moment; it goes on by itself. */
  unreachable: boolean;
  /** That are to be sent, and what the job names beside them. */
  files: number;
  notSent: readonly NotSent[];
  /** Of the files: sent now, there before, refused or taken out. */
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
  ended: ReadonlyMap<string, FileEnd>;
  /** Why files failed or were refused, by path. */
  failures: ReadonlyMap<string, string>;
  problem: ProblemView | undefined;
  error: unknown;
}

export const isOver = ({ phase }: Upload): boolean => phase !== 'sending' && phase !== 'closing';

export interface UploadProgress {
  /** Of all files. */
  bytes: number;
  /** What an event changes. */
  take(event: SendEvent): Partial<Upload>;
  /** The user takes a file out that has not arrived. */
  withdraw(path: string): Partial<Upload>;
  /** What has failed is to be sent again. */
  retry(paths: readonly string[]): Partial<Upload>;
  failed(): string[];
}

/** Refusals of files that the job knows under other bytes or not at all: the user decides what becomes of them. */
const undecided: readonly string[] = ['fileChanged', 'jobClosed'];

/** Counts what happens to the files of one upload. Every change costs the same, however many files there are. */
export function uploadProgress(files: readonly Outgoing[]): UploadProgress {
  const sizes = new Map(files.map(({ path, bytes }) => [path, bytes]));
  const moving = new Map<string, number>();
  const ended = new Map<string, FileEnd>();
  const failures = new Map<string, string>();
  const counts = { arrived: 0, present: 0, refused: 0, withdrawn: 0, failed: 0 };
  let endedBytes = 0;
  let movedBytes = 0;

  const end = (path: string, kind: FileEnd): void => {
    const before = ended.get(path);
    const size = sizes.get(path) ?? 0;
    if (before !== undefined) {
      counts[before]--;
      if (before !== 'failed') endedBytes -= size;
    }
    if (kind === 'arrived') movedBytes += size - (moving.get(path) ?? 0);
    moving.delete(path);
    ended.set(path, kind);
    counts[kind]++;
    if (kind !== 'failed') endedBytes += size;
  };
  const changes = (): Partial<Upload> => ({
    moving,
    ended,
    failures,
    movedBytes,
    sentBytes: endedBytes + [...moving.values()].reduce((sum, bytes) => sum + bytes, 0), // a few at most
    arrived: counts.arrived,
    present: counts.present,
    refused: counts.refused + counts.withdrawn,
  });

  return {
    bytes: [...sizes.values()].reduce((sum, size) => sum + size, 0),
    take(event) {
      const { path, kind } = event;
      const size = sizes.get(path);
      if (size === undefined) return {}; // named only
      if (kind === 'sent') {
        const bytes = Math.min(event.bytes, size);
        movedBytes += Math.max(0, bytes - (moving.get(path) ?? 0));
        moving.set(path, bytes);
        return changes();
      }
      if (kind === 'refused') failures.set(path, event.message);
      if (kind === 'failed')
        failures.set(path, event.error instanceof Error ? event.error.message : String(event.error));
      end(path, kind === 'refused' && undecided.includes(event.code) ? 'failed' : kind);
      return changes();
    },
    withdraw(path) {
      end(path, 'withdrawn');
      return changes();
    },
    retry(paths) {
      for (const path of paths) {
        if (ended.get(path) !== 'failed') continue;
        ended.delete(path);
        failures.delete(path);
        counts.failed--;
      }
      return changes();
    },
    failed: () => [...ended].filter(([, kind]) => kind === 'failed').map(([path]) => path),
  };
}
