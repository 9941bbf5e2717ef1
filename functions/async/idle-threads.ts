import { Worker } from 'node:worker_threads';

/** Idle threads end, so that a service that got no work of their kind holds none. */
const idleMs = 5000;

interface Waiting<Answer> {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

interface Thread<Answer> {
  worker: Worker;
  waiting: Map<number, Waiting<Answer>>;
}

export interface Threads<Task, Answer> {
  /** Rejects when the thread ends before it answered. */
  ask(task: Task, moved?: readonly ArrayBuffer[]): Promise<Answer>;
}

/**
 * Up to `most` threads that run `file`, started when there is work and ended when there is none. The file answers each
 * message `{ id, ...task }` with one that has the same id. They keep the process alive only while they work.
 */
export function idleThreads<Task extends object, Answer extends { id: number }>(
  file: URL,
  { most, kind }: { most: number; kind: string },
): Threads<Task, Answer> {
  const threads: Thread<Answer>[] = [];
  let lastId = 0;
  let idle: NodeJS.Timeout | undefined;

  const start = (): Thread<Answer> => {
    const worker = new Worker(file);
    const thread: Thread<Answer> = { worker, waiting: new Map() };
    worker.on('message', (answer: Answer) => thread.waiting.get(answer.id)?.resolve(answer));
    const gone = (error: Error) => {
      const at = threads.indexOf(thread);
      if (at >= 0) threads.splice(at, 1);
      for (const { reject } of thread.waiting.values()) reject(error);
    };
    worker.on('error', gone);
    worker.on('exit', (code) => gone(new Error(`a ${kind} thread ended with ${code}`)));
    threads.push(thread);
    return thread;
  };

  const leastBusy = (): Thread<Answer> => {
    const freest = threads.reduce<Thread<Answer> | undefined>(
      (best, thread) => (best === undefined || thread.waiting.size < best.waiting.size ? thread : best),
      undefined,
    );
    return freest !== undefined && (freest.waiting.size === 0 || threads.length >= most) ? freest : start();
  };

  const endAll = (): void => {
    for (const { worker } of threads.splice(0)) void worker.terminate();
  };

  return {
    async ask(task, moved = []) {
      clearTimeout(idle);
      const { worker, waiting } = leastBusy();
      const id = ++lastId;
      try {
        return await new Promise<Answer>((resolve, reject) => {
          waiting.set(id, { resolve, reject });
          worker.ref();
          worker.postMessage({ ...task, id }, moved);
        });
      } finally {
        waiting.delete(id);
        if (waiting.size === 0) worker.unref();
        if (threads.every((thread) => thread.waiting.size === 0)) idle = setTimeout(endAll, idleMs).unref();
      }
    },
  };
}
