import { existsSync } from 'node:fs';
import { Failure } from '../../../core/errors.ts';
import { type Clock, systemClock } from '../../../ports/clock.ts';
import { type LocalAccounts, localAccounts } from './accounts.ts';
import { openIssuerContext } from './issuer-context.ts';
import { databaseFile, openIssuerDatabase } from './issuer-database.ts';

/**
 * The accounts of a data folder, beside a service that runs on it or while none does; links lead to the address where it
 * was started last. Throws `accountsMissing` where no service ever had accounts.
 */
export function openAccounts(dataFolder: string, clock: Clock = systemClock): LocalAccounts & Disposable {
  if (!existsSync(databaseFile(dataFolder))) throw new Failure('accountsMissing', { folder: dataFolder });
  const database = openIssuerDatabase(dataFolder);
  const context = openIssuerContext(database, clock);
  const issuer = context.settings.read('issuer');
  if (issuer === undefined || context.settings.read('mode') !== 'users') {
    database[Symbol.dispose]();
    throw new Failure('accountsMissing', { folder: dataFolder });
  }
  return { ...localAccounts(context, issuer), [Symbol.dispose]: () => database[Symbol.dispose]() };
}
