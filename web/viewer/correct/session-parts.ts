import type { Received } from '../../../functions/core/edit-replica.ts';
import type { EditEntry, EditOperation, EditPlane } from '../../../functions/core/edits.ts';
import type { Acted } from './corrected-plane.ts';
import type { Gesture } from './gestures.ts';

/** The log of one image, as the service keeps it. A call that has no answer throws. */
interface RemoteLog {
  list(after: number): Promise<{ revision: number; entries: EditEntry[]; more: boolean }>;
  append(after: number, operations: EditOperation[]): Promise<{ revision: number; entries: EditEntry[] }>;
}

/** Where operations wait, in the browser, until the service has them. */
export interface WaitingOperations {
  read(): Promise<EditOperation[]>;
  write(operations: readonly EditOperation[]): Promise<void>;
}

/** Labels that were corrected elsewhere. */
export interface ImportedFile {
  name: string;
  blob: Blob;
}

/** The plane in the worker. */
interface PlaneWork {
  open(plane: EditPlane, stored: EditOperation[], own: EditOperation[]): Promise<void>;
  act(gesture: Gesture): Promise<Acted>;
  restore(until: EditOperation[], since: EditOperation[]): Promise<Acted>;
  /** Labels of a file; throws what is wrong with it. */
  openImport(file: ImportedFile): Promise<void>;
  /** Makes the plane what the file says. */
  importPlane(): Promise<Acted>;
  receive(operations: EditOperation[]): Promise<Received>;
}

export interface SessionState {
  /** Of the log, as it is known here. */
  revision: number;
  entries: readonly EditEntry[];
  /** Operations that wait to be stored. */
  waiting: number;
  /** Why the last attempt to store them failed; they wait. */
  trouble: string | undefined;
  canUndo: boolean;
  canRedo: boolean;
  /** Objects that somebody else changed at the same time. */
  contested: readonly number[];
  /** The plane as the log and this editor have it is shown. */
  ready: boolean;
  /** An earlier revision is shown, and nothing is corrected; 0: what the model found. */
  looking: number | undefined;
}

export interface SessionParts {
  log: RemoteLog;
  waiting: WaitingOperations;
  work: PlaneWork;
  /** Pixels of the plane changed. */
  onChange(box: NonNullable<Acted['box']>): void;
  /** All of it did. */
  onPlane(): void;
  onState(state: SessionState): void;
  onObject(object: number): void;
}
