/** Values that are good once and for a short time, found by a secret that whoever comes back shows. */
export interface OneTimeStore {
  /** `secret`: 256 random bits, base64url; only its digest is kept. */
  put(kind: OneTimeKind, secret: string, value: string, seconds: number): Promise<void>;
  /** Of several calls with one secret, one at most gets the value. Undefined: there is none, it was taken, or is too old. */
  take(kind: OneTimeKind, secret: string): Promise<string | undefined>;
}

/** A sign-in that began, by its state; a code that was given out. */
export type OneTimeKind = 'begun' | 'code';
