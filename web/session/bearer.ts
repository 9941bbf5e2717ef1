import type { Bearer } from '../../client/call.ts';

/** Seconds. A token with less left is renewed before it is used. */
const spare = 30;

interface Holder {
  access_token: string;
  /** Seconds that are left. */
  expires_in?: number | undefined;
}

export interface BearerOptions<U extends Holder> {
  user: U | undefined;
  /** Without asking the user; undefined: the user must sign in. */
  renew(): Promise<U | undefined>;
  /** Has the person sign in again; whatever waits for a token goes on then. */
  ask(): Promise<U>;
}

/** The token of a tab. All calls share one renewal: a refresh token can be used once. */
export function bearerOf<U extends Holder>({ user, renew, ask }: BearerOptions<U>): Bearer {
  let current = user;
  let renewing: Promise<void> | undefined;
  const renewOnce = (): Promise<void> => {
    renewing ??= (async () => {
      current = (await renew()) ?? (await ask());
    })().finally(() => {
      renewing = undefined;
    });
    return renewing;
  };
  return {
    async token() {
      if (current?.expires_in !== undefined && current.expires_in < spare) await renewOnce();
      return current?.access_token;
    },
    async replace(refused) {
      if (current?.access_token === refused) await renewOnce();
      return current?.access_token;
    },
  };
}
