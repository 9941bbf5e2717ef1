import type { IncomingMessage, ServerResponse } from 'node:http';

/** What pages of other origins may do: as in the headers of the Fetch standard, comma-separated. */
export interface CrossOriginRules {
  origins: readonly string[];
  /** Headers of answers that a page may read. */
  exposed: string;
  methods: string;
  /** Headers of requests. */
  headers: string;
}

/** Seconds for which a browser remembers the answer to its question. */
const maxAge = 600;

/** Sets the headers that let a page of these origins call, and no other. No cookies are used. */
export function allowCrossOrigin(
  { method, headers: { origin } }: Pick<IncomingMessage, 'method' | 'headers'>,
  response: Pick<ServerResponse, 'setHeader'>,
  { origins, exposed, methods, headers }: CrossOriginRules,
): void {
  if (origin === undefined || !origins.includes(origin)) return;
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Access-Control-Expose-Headers', exposed);
  if (method !== 'OPTIONS') return;
  response.setHeader('Access-Control-Allow-Methods', methods);
  response.setHeader('Access-Control-Allow-Headers', headers);
  response.setHeader('Access-Control-Max-Age', String(maxAge));
}
