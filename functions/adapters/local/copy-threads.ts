import { extname } from 'node:path';
import { idleThreads } from '../../async/idle-threads.ts';

/** A range of an open file of this process, and where it goes in another. */
export interface CopyTask {
  from: number;
  start: number;
  length: number;
  to: number;
  at: number;
}

/** `failed`: an error of the system. */
export type CopyAnswer = { id: number } & (CopiedRange | { failed: SystemFailure });
/** `length`: less than was asked for where the file has become shorter. */
interface CopiedRange {
  crc32: number;
  length: number;
}
interface SystemFailure {
  message: string;
  code?: string | undefined;
  syscall?: string | undefined;
}

/** One already moves bytes as fast as two could. */
const most = 1;
const workerFile = new URL(`./copy-worker${extname(import.meta.url)}`, import.meta.url);
const threads = idleThreads<CopyTask, CopyAnswer>(workerFile, { most, kind: 'copying' });

/**
 * Copies the bytes on another thread, which sums them up: calls that block take half the time of the thread pool's, and
 * this thread stays free. Both files must stay open meanwhile. Throws the system's own errors.
 */
export async function copyElsewhere(task: CopyTask): Promise<CopiedRange> {
  const answer = await threads.ask(task);
  if ('crc32' in answer) return answer;
  const { message, ...facts } = answer.failed;
  throw Object.assign(new Error(message), facts);
}
