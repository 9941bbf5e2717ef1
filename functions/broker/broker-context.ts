import type { Upstream } from '../institutions/upstream.ts';
import type { Clock } from '../ports/clock.ts';
import type { OneTimeStore } from '../ports/one-time-store.ts';
import type { BrokerClaims, Signer } from './signing.ts';

/** What every answer about one institution is made of. */
export interface BrokerContext {
  upstream: Upstream;
  /** The broker's own, of this institution. */
  issuer: string;
  signer: Signer;
  /** Of the pool. */
  clientSecret: string;
  /** Where the pool takes codes. */
  redirectUri: string;
  /** Of the page: where the user goes when a sign-in came to nothing. */
  home: string;
  store: OneTimeStore;
  clock: Clock;
  /** Trouble with an institution, for the log. */
  onError(error: unknown): void;
}

/** What the pool asked for when a sign-in began, and must hold when it takes the tokens. */
export interface ClientRequest {
  state?: string;
  nonce?: string;
  /** Of PKCE, S256. */
  challenge?: string;
}

/** Kept below a state until the browser is back from the institution. */
export interface Begun {
  /** Of the row: what comes back from one institution is not taken for another's. */
  id: string;
  nonce: string;
  verifier: string;
  /** Digest of the cookie of the browser that began. */
  browser: string;
  client: ClientRequest;
}

/** Kept below a code until the pool takes the tokens. */
export interface Issued {
  id: string;
  claims: BrokerClaims;
  client: ClientRequest;
}
