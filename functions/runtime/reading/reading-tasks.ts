import type { ZipEntry, ZipLimits } from '../../archive/zip-directory.ts';
import { Failure, type FailureCode } from '../../core/errors.ts';
import type { Image, ImageInfo, Plane, PlaneIndex, SourceHandle } from '../../image/image.ts';
import type { InspectOptions, InspectReport } from '../../image/inspect.ts';
import type { ImageOptions } from '../../image/tiff/image.ts';
import type { ModelPackage } from '../../model/package/package.ts';

/** Words beside a file as they go to another thread: other files are asked for by name. */
interface BesideThere {
  name?: string;
  /** Whether `sibling` may be asked. */
  siblings: boolean;
}

/** What is known of an image that another thread has open. */
type OpenedThere = { info: ImageInfo } & Pick<Image, 'readBytes' | 'notes' | 'noPixelSize'>;

/** What a reading thread does, and what it answers. A thread has one image open at a time. */
export interface Tasks {
  image: { ask: { source: SourceHandle; beside: BesideThere; options: ImageOptions }; answer: OpenedThere };
  /** Of the image that is open. */
  plane: { ask: { index: PlaneIndex }; answer: Plane };
  inspect: {
    ask: { source: SourceHandle; beside: BesideThere; options: Omit<InspectOptions, 'name' | 'sibling'> };
    answer: InspectReport;
  };
  zip: { ask: { source: SourceHandle; limits: ZipLimits | undefined }; answer: ZipEntry[] };
  model: { ask: { path: string }; answer: Omit<ModelPackage, 'read'> };
}
export type TaskKind = keyof Tasks;
type Ask = { [K in TaskKind]: { kind: K } & Tasks[K]['ask'] }[TaskKind];

/** To the thread: work, and the answer to a question of its own. */
export type Request = Ask & { id: number };
export type SiblingAnswer = { sibling: number } & ({ source: SourceHandle | undefined } | { refusal: Refusal });

/** The first message: the thread's own code is loaded, and what it uses from now on is for its work. */
export type Greeting = { ready: true };
/** From the thread: what came of work, a file that it wants to look into, and one that it needs no more. */
export type Reply = { id: number } & ({ value: unknown } | { refusal: Refusal });
export type SiblingQuestion = { sibling: number; name: string };
export type SiblingClosed = { closed: number };

/** A failure is made again of its code and facts, an error of the system keeps its code; anything else is our bug and keeps its stack. */
export type Refusal =
  | { failure: { code: FailureCode; facts: object } }
  | { system: { code: string; syscall: string; message: string } }
  | { bug: Error };

export function refusalOf(error: unknown): Refusal {
  if (error instanceof Failure) return { failure: { code: error.code, facts: error.facts } };
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (code !== undefined && syscall !== undefined) return { system: { code, syscall, message } };
  return { bug: error instanceof Error ? error : new Error(String(error)) };
}

export function errorOf(refusal: Refusal): Error {
  if ('failure' in refusal) return new Failure(refusal.failure.code, refusal.failure.facts as never);
  if ('system' in refusal) {
    const { message, ...facts } = refusal.system;
    return Object.assign(new Error(message), facts);
  }
  return refusal.bug;
}
