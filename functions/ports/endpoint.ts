import type { ObjectRef } from '../core/object-keys.ts';
import type { PlaneFacts } from './predictor.ts';

/** What goes with a plane to a container, and the most bytes of an answer that are read. */
export interface InvokeOptions {
  facts: PlaneFacts | undefined;
  most: number;
}

/** Sends a .npy file to a container and resolves with the one that it answers. The file is good until then. */
export type Invoke = (file: Uint8Array, options: InvokeOptions) => Promise<Uint8Array>;

/** One request to a model. */
export interface EndpointRequest {
  /** A .npy file (docs/containers.md). Its key says whose it is: whoever takes the answer has no more than that. */
  input: ObjectRef;
  /** Of this attempt, 64 characters at most. */
  id: string;
  /** What goes with it to the container: 1024 characters of ASCII at most. */
  attributes?: string;
}

/**
 * A model in a container of the lab's own that answers in its own time: minutes later where nothing of it runs. It
 * says on the queue `answers` that it has, at least once; a notice may be lost, an answer is not.
 */
export interface Endpoint {
  /** What it runs, by its digest. */
  readonly image: string;
  /** Seconds after which no answer comes any more. */
  readonly patienceSeconds: number;
  /** Resolves when it has the request, with where the answer will be, or what the container says of a refusal. */
  invoke(request: EndpointRequest): Promise<{ answer: ObjectRef; failure: ObjectRef }>;
}
