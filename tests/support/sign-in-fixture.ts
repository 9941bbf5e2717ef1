import { afterEach, beforeEach, expect } from '@jest/globals';
import type { IssuerOptions } from '../../functions/adapters/local/issuer/open-issuer.ts';
import { type SignInService, signInService } from './sign-in-service.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A service of its own for every test of a file; none may have met trouble that the test did not take from `errors`. */
export function eachWithService(options: () => Partial<IssuerOptions> = () => ({})): {
  readonly service: SignInService;
  readonly folder: string;
} {
  const now = {} as { service: SignInService; folder: string };
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
    now.folder = folder.path;
    now.service = await signInService({ dataFolder: folder.path, ...options() });
  });
  afterEach(async () => {
    await now.service[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
    expect(now.service.errors).toEqual([]);
  });
  return now;
}

/** Time that only a test moves, however slow the machine is. Starts at the machine's, which the provider's own checks use. */
export function movableClock() {
  let now = Date.now();
  return {
    now: () => now,
    forward(ms: number) {
      now += ms;
    },
  };
}
