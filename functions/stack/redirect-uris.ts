/** Paths of the page that the issuer sends a browser back to; the page's own (web/session/manager) are the same. */
export const signedInPaths = ['/signed-in', '/signed-in-silently'] as const;
export const signedOutPath = '/';

/**
 * Where the command line waits for the browser: an issuer that compares addresses to the letter must know the port
 * before, and one port may be taken.
 */
export const loopbackPorts = [47_811, 47_812, 47_813] as const;
export const loopbackAddress = (port: number): string => `http://localhost:${port}/signed-in`;
