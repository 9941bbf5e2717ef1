import type { ZipEntry, ZipLimits } from '../../archive/zip-directory.ts';
import { Failure } from '../../core/errors.ts';
import { formatBytes } from '../../core/format-bytes.ts';
import type { Beside, ByteSource, Image, SourceHandle } from '../../image/image.ts';
import type { InspectOptions, InspectReport } from '../../image/inspect.ts';
import type { ImageOptions } from '../../image/tiff/image.ts';
import { type ModelPackage, readPackageFile } from '../../model/package/package.ts';
import { packageBytes } from '../../model/package/package-files.ts';
import { type ReadingLimits, readingLimits } from './allowance.ts';
import { type ReadingThread, startReadingThread, type Work } from './reading-thread.ts';

/**
 * Reads what strangers sent on threads of their own, within limits of processor time and memory for each byte: whatever a
 * file holds, this thread answers meanwhile. Sources are those of files of this machine.
 */
export interface ReadingThreads extends AsyncDisposable {
  /** As image/tiff/image; its planes are read there too, into shared memory. Throws `imageTooCostly` beyond the limits. */
  openImage(source: ByteSource, options?: ImageOptions & Beside): Promise<Image & AsyncDisposable>;
  /** As image/inspect. Reading every sample has no limit. */
  inspect(source: ByteSource, options?: InspectOptions, signal?: AbortSignal): Promise<InspectReport>;
  /** As archive/zip-directory. Throws `archiveUnsafe` beyond the limits. */
  readZipDirectory(source: ByteSource, limits?: ZipLimits): Promise<ZipEntry[]>;
  /** As model/package/package. Throws `modelBroken` beyond the limits. */
  openModel(path: string): Promise<ModelPackage>;
}

/** Idle threads end, so that a service that got no image holds none. */
const idleMs = 5000;

/** As many threads as images are open at a time. */
export function readingThreads(limits: ReadingLimits = readingLimits): ReadingThreads {
  const threads = new Set<ReadingThread>();
  const idle: ReadingThread[] = [];
  let timer: NodeJS.Timeout | undefined;

  const take = (): ReadingThread => {
    clearTimeout(timer);
    const thread = idle.pop() ?? startReadingThread(limits);
    threads.add(thread);
    return thread;
  };
  const endThread = async (thread: ReadingThread, reason?: Error) => {
    threads.delete(thread);
    await thread.end(reason);
  };
  /** A thread that still reads for somebody who went on, or has died, is of no use to the next. */
  const giveBack = async (thread: ReadingThread): Promise<void> => {
    if (!thread.isFree()) return endThread(thread);
    idle.push(thread);
    clearTimeout(timer);
    timer = setTimeout(() => {
      for (const each of idle.splice(0)) void endThread(each);
    }, idleMs).unref();
  };
  const withThread = async <T>(work: (thread: ReadingThread) => Promise<T>, signal?: AbortSignal): Promise<T> => {
    signal?.throwIfAborted();
    const thread = take();
    const abort = () => void endThread(thread, signal!.reason);
    signal?.addEventListener('abort', abort);
    try {
      return await work(thread);
    } finally {
      signal?.removeEventListener('abort', abort);
      await giveBack(thread);
    }
  };

  return {
    async openImage(source, { name, sibling, ...options } = {}) {
      const beside = { ...(name !== undefined && { name }), siblings: sibling !== undefined };
      const thread = take();
      try {
        const opened = await thread.ask(
          'image',
          { source: handleOf(source), beside, options: { ...options, shared: true } },
          { ...imageWork(source), sibling },
        );
        const plane = imageWork(source, opened.readBytes);
        return {
          ...opened,
          readPlane: (index) => thread.ask('plane', { index }, plane),
          [Symbol.asyncDispose]: () => giveBack(thread),
        };
      } catch (error) {
        await giveBack(thread);
        throw error;
      }
    },
    inspect(source, { name, sibling, ...options } = {}, signal) {
      const beside = { ...(name !== undefined && { name }), siblings: sibling !== undefined };
      const ask = { source: handleOf(source), beside, options };
      const work = { ...imageWork(source), unlimited: options.hash === true, sibling };
      return withThread((thread) => thread.ask('inspect', ask, work), signal);
    },
    readZipDirectory(source, limits) {
      return withThread((thread) => thread.ask('zip', { source: handleOf(source), limits }, zipWork(source)));
    },
    async openModel(path) {
      const work = modelWork(await packageBytes(path));
      const opened = await withThread((thread) => thread.ask('model', { path }, work));
      return { ...opened, read: (file) => readPackageFile(path, file) };
    },
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      idle.length = 0;
      await Promise.all([...threads].map((thread) => endThread(thread)));
    },
  };
}

function handleOf({ handle }: ByteSource): SourceHandle {
  if (handle === undefined) throw new Error('a source that other threads cannot read');
  return handle;
}

const limitOf = (limit: string, size: number) => `${limit}, the limit for ${formatBytes(size)}`;

/** `bytes`: of a plane, which counts beside the file. */
const imageWork = ({ size }: ByteSource, bytes = 0): Work => ({
  bytes: size + bytes,
  costly: (limit) => new Failure('imageTooCostly', { detail: limitOf(limit, size) }),
});

const zipWork = ({ size }: ByteSource): Work => ({
  bytes: size,
  costly: (limit) => new Failure('archiveUnsafe', { detail: `reading its directory: ${limitOf(limit, size)}` }),
});

const modelWork = (bytes: number): Work => ({
  bytes,
  costly: (limit) => new Failure('modelBroken', { detail: `opening it: ${limitOf(limit, bytes)}` }),
});
