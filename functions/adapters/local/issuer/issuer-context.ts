import type { Clock } from '../../../ports/clock.ts';
import type { LocalDatabase } from '../database.ts';
import { accountTable } from './account-table.ts';
import { identityTable } from './identity-table.ts';
import { openOneTimeTokens } from './one-time-tokens.ts';
import { fullCost, passwordHashing, type ScryptCost } from './password.ts';
import { providerStore } from './provider-store.ts';
import { openSettings } from './settings.ts';
import { openThrottle } from './throttle.ts';

/** What every part of the issuer works with, over one database. */
export function openIssuerContext(database: LocalDatabase, clock: Clock, cost: ScryptCost = fullCost) {
  return {
    settings: openSettings(database),
    database,
    clock,
    accounts: accountTable(database),
    identities: identityTable(database),
    providerStore: providerStore(database, clock),
    passwords: passwordHashing(cost),
    throttle: openThrottle(database, clock),
    oneTimeTokens: openOneTimeTokens(database, clock),
  };
}

export type IssuerContext = ReturnType<typeof openIssuerContext>;
