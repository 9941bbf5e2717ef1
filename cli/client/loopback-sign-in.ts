import { createServer, type Server } from 'node:http';
import * as oidc from 'openid-client';
import { loopbackAddress, loopbackPorts } from '../../functions/stack/redirect-uris.ts';

/** How long a user may take over the sign-in pages. */
const patienceMs = 10 * 60 * 1000;

export interface LoopbackSignIn {
  scope: string;
  signal: AbortSignal;
  /** Has the user open this address in a browser of this computer, which comes back to the port. */
  show(url: string, port: number): void;
}

/** Signs in by a browser that comes back to a port of this computer (RFC 8252, section 7.3), with PKCE. */
export async function loopbackSignIn(
  client: oidc.Configuration,
  { scope, signal, show }: LoopbackSignIn,
): ReturnType<typeof oidc.authorizationCodeGrant> {
  const { server, port } = await listening();
  try {
    const [pkceCodeVerifier, expectedState] = [oidc.randomPKCECodeVerifier(), oidc.randomState()];
    const redirect_uri = loopbackAddress(port);
    const url = oidc.buildAuthorizationUrl(client, {
      redirect_uri,
      scope,
      state: expectedState,
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    });
    const back = comingBack(server, { redirect_uri, state: expectedState, signal });
    show(url.href, port);
    return await oidc.authorizationCodeGrant(client, await back, { pkceCodeVerifier, expectedState });
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** On the first port that is free. A browser that tries ::1 first for `localhost` goes on to this address. */
async function listening(): Promise<{ server: Server; port: number }> {
  for (const port of loopbackPorts) {
    const server = createServer();
    const free = await new Promise<boolean>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) =>
        error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
      );
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (free) return { server, port };
  }
  throw new Error(`the ports ${loopbackPorts.join(', ')} of this computer are taken`);
}

/** The address that the browser was sent back to. What else comes to the port is not for us. */
function comingBack(
  server: Server,
  { redirect_uri, state, signal }: { redirect_uri: string; state: string; signal: AbortSignal },
): Promise<URL> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<URL>();
  const late = setTimeout(() => reject(new Error(`no sign-in for ${patienceMs / 60_000} minutes`)), patienceMs);
  const stopped = () => reject(signal.reason);
  signal.addEventListener('abort', stopped, { once: true });
  server.on('request', (request, response) => {
    const back = URL.parse(request.url ?? '', redirect_uri);
    const ours = back?.pathname === new URL(redirect_uri).pathname && back.searchParams.get('state') === state;
    response.writeHead(ours ? 200 : 404, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
    response.end(ours ? 'Go back to the terminal; you can close this page.\n' : 'Nothing here.\n', () => {
      if (ours) resolve(back);
    });
  });
  return promise.finally(() => {
    clearTimeout(late);
    signal.removeEventListener('abort', stopped);
  });
}
