import { countedHow, objectsPerPlane, predictedPlanes } from '../../functions/core/counted-objects.ts';
import type { NewFile } from '../../functions/core/job.ts';
import type { FileSummary } from '../../functions/core/summary.ts';
import type { Io } from '../io/events.ts';

const everyMs = 200;

/** Turns finished planes and files into progress events, at most five a second. */
export class RunProgress {
  readonly images: { summary: FileSummary; reused: boolean }[] = [];
  readonly #io: Io;
  readonly #startedMs = performance.now();
  #emittedMs = Number.NEGATIVE_INFINITY;
  readonly #notes = new Set<string>();
  readonly #sizes = new Map<string, number>();
  #totalBytes = 0;
  #failed = 0;
  readonly #leftOut = new Set<string>();
  #planes = 0;
  #bytes = 0;
  /** Bytes that this run need not work on: estimates leave them out. */
  #idleBytes = 0;
  /** Of images in work: bytes that their finished planes stand for. */
  readonly #partial = new Map<string, number>();

  constructor(io: Io) {
    this.#io = io;
  }

  /** More files of the job are known. */
  expect(files: readonly NewFile[]): void {
    for (const { path, bytes, leftOut } of files) {
      if (leftOut !== undefined) {
        this.#leftOut.add(path);
        continue;
      }
      this.#totalBytes += bytes - (this.#sizes.get(path) ?? 0);
      this.#sizes.set(path, bytes);
    }
  }

  /** One more plane of an image is through; `share` of its planes are. */
  plane(path: string, share: number): void {
    this.#planes++;
    this.#partial.set(path, share * this.#sizeOf(path));
    this.#emit(false);
  }

  file(summary: FileSummary, reused: boolean): void {
    this.images.push({ summary, reused });
    this.#partial.delete(summary.path);
    this.#bytes += summary.bytes;
    if (reused) {
      this.#idleBytes += summary.bytes;
      this.#planes += predictedPlanes(summary);
    }
    this.#io.emit('run.file', {
      path: summary.path,
      ...(summary.objects !== undefined && { objects: summary.objects }),
      objectsPerPlane: objectsPerPlane(summary),
      counted: countedHow(summary),
      planes: predictedPlanes(summary),
      bytes: summary.bytes,
      reused,
    });
    for (const note of summary.notes ?? []) this.#note(summary.path, note);
    this.#emit(this.images.length + this.#failed >= this.#sizes.size);
  }

  /** Each note once: files of one series have the same ones, and all of them are in summary.csv. */
  #note(path: string, note: string): void {
    if (this.#notes.has(note)) return;
    this.#notes.add(note);
    this.#io.emit('run.noted', { path, note });
  }

  failed(path: string): void {
    this.#partial.delete(path);
    this.#failed++;
    this.#bytes += this.#sizeOf(path);
    this.#idleBytes += this.#sizeOf(path);
    this.#emit(false);
  }

  #sizeOf(path: string): number {
    return this.#sizes.get(path) ?? 0;
  }

  #emit(last: boolean): void {
    const now = performance.now();
    if (!last && now - this.#emittedMs < everyMs) return;
    this.#emittedMs = now;
    const seconds = (now - this.#startedMs) / 1000;
    const bytes = this.#bytes + [...this.#partial.values()].reduce((sum, each) => sum + each, 0);
    const worked = bytes - this.#idleBytes;
    const left = Math.max(0, this.#totalBytes - bytes);
    this.#io.emit('run.progress', {
      files: this.#sizes.size + this.#leftOut.size,
      leftOut: this.#leftOut.size,
      done: this.images.length,
      failed: this.#failed,
      planes: this.#planes,
      bytes: Math.round(bytes),
      totalBytes: this.#totalBytes,
      seconds,
      ...(worked > 0 && { secondsLeft: (left / worked) * seconds }),
    });
  }
}
