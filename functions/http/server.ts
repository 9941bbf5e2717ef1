import { createServer, type RequestListener, type Server } from 'node:http';

/**
 * A server that nobody can hold by being slow: the head of a request must come in 15 s. Bodies have limits of their own
 * (api/read-json, adapters/local/paced-body), because an upload may rightly take long.
 */
export const serverOptions = {
  headersTimeout: 15_000,
  requestTimeout: 0,
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 65_000,
} as const;

export const httpServer = (listener: RequestListener): Server => createServer(serverOptions, listener);
