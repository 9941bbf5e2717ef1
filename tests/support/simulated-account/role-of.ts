import { accountRegionDigest } from '../../../infra/naming.ts';
import { accountId, region } from './clients.ts';

/** Name of a function's role: as its own, and with the digest that tells the account's regions apart. */
export const roleOf = (functionName: string): string => `${functionName}-${accountRegionDigest(accountId, region)}`;
