import type { SignedRequestView } from '../../functions/contract/signed-request.ts';
import type { Call } from '../call.ts';
import type { Patience } from '../retries.ts';
import type { Limiter } from './limiter.ts';
import type { Outgoing } from './outgoing.ts';
import type { NotSent } from './select-files.ts';

/** A browser opens six connections to a host; two are left for the API. */
export const putsAtOnce = 4;
/** Sends one signed request as it is; gives the ETag, or '' where the store shows none. Throws ServiceError. */
export type Put = (
  request: SignedRequestView,
  body: Blob,
  onSent: (bytes: number) => void,
  signal: AbortSignal,
) => Promise<string>;

export type SendEvent =
  /** It was there already. */
  | { kind: 'present'; path: string }
  | { kind: 'arrived'; path: string }
  | { kind: 'refused'; path: string; code: string; message: string }
  /** After all retries, or since the file is not what it was. */
  | { kind: 'failed'; path: string; error: unknown }
  /** Bytes of the file that the store has, as far as this side knows. */
  | { kind: 'sent'; path: string; bytes: number };

export interface SendOptions {
  jobId: string;
  files: readonly Outgoing[];
  /** Named in the job with their reasons, after the others. */
  notSent: readonly NotSent[];
  /** One attempt a call. */
  call: Call;
  put: Put;
  /** Of all uploads that share the connections. */
  limit: Limiter;
  filesPerCall: number;
  patience: Patience;
  signal: AbortSignal;
  tell(event: SendEvent): void;
}
