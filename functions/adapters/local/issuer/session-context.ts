import type { Clock } from '../../../ports/clock.ts';
import type { LocalDatabase } from '../database.ts';
import { accountTable } from './account-table.ts';
import { openOneTimeTokens } from './one-time-tokens.ts';
import { fullCost, passwordHashing, type ScryptCost } from './password.ts';
import { providerStore } from './provider-store.ts';
import { openSettings } from './settings.ts';
import { openThrottle } from './throttle.ts';

/** What every part of the issuer works with, over one database. */
export function openSessionContext(database: LocalDatabase, clock: Clock, cost: ScryptCost = fullCost) {
  return {
    settings: openSettings(database),
    database,
    clock,
    accounts: accountTable(database),
    artifacts: providerStore(database, clock),
    passwords: passwordHashing(cost),
    throttle: openThrottle(database, clock),
    tickets: openOneTimeTokens(database, clock),
  };
}

export type SessionContext = ReturnType<typeof openSessionContext>;
