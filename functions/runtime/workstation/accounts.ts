import { openAccounts } from '../../adapters/local/issuer/open-accounts.ts';
import type { Accounts } from '../../ports/identity.ts';

/** The accounts of a data folder, also while a service runs on it. Throws `accountsMissing` where there never were any. */
export const openFolderAccounts = (dataFolder: string): Accounts & Disposable => openAccounts(dataFolder);
