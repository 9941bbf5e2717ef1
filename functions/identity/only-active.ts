import { Failure } from '../core/errors.ts';
import type { Identity } from '../ports/identity.ts';

/**
 * The same, where the accounts are at hand: an owner who is disabled or removed is refused at once (`tokenRefused`), not
 * when the token ends.
 */
export const onlyActive = (identity: Identity, isActive: (owner: string) => boolean): Identity => ({
  async verify(token) {
    const caller = await identity.verify(token);
    if (!isActive(caller.sub)) throw new Failure('tokenRefused', { detail: 'the account may not sign in any more' });
    return caller;
  },
});
