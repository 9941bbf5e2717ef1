import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

export interface ScryptCost {
  /** log2 of N; memory is 128 · N · r bytes. */
  logN: number;
  r: number;
  p: number;
}

/** OWASP's password storage cheat sheet: N = 2^17, r = 8, p = 1, that is 128 MiB and about 0.4 s a guess. */
export const fullCost: ScryptCost = { logN: 17, r: 8, p: 1 };

/** Hashes computed at once, whoever asks: each takes 128 MiB and a core. */
const atOnce = 2;
/** Who comes later is sent away rather than kept for minutes. */
const mostWaiting = 50;
const hashBytes = 32;

/** More passwords are being checked than this machine can. */
export class Overloaded extends Error {}

export interface Passwords {
  /** `scrypt$logN$r$p$salt$hash`, base64url. */
  hash(password: string): Promise<string>;
  /** Costs the same time for an unknown account (`stored` undefined) as for a wrong password. */
  matches(password: string, stored: string | undefined): Promise<boolean>;
  /** Stored at another cost than now: hash again while the password is at hand. */
  isDated(stored: string): boolean;
}

export function passwordHashing(cost: ScryptCost): Passwords {
  const encode = (salt: Buffer, hash: Buffer) =>
    ['scrypt', cost.logN, cost.r, cost.p, salt.toString('base64url'), hash.toString('base64url')].join('$');
  const noAccount = encode(randomBytes(16), randomBytes(hashBytes));
  return {
    async hash(password) {
      const salt = randomBytes(16);
      return encode(salt, await derive(password, salt, cost));
    },
    async matches(password, stored) {
      const { salt, hash, ...storedCost } = decode(stored ?? noAccount);
      const derived = await derive(password, salt, storedCost);
      return timingSafeEqual(derived, hash) && stored !== undefined;
    },
    isDated(stored) {
      const { logN, r, p } = decode(stored);
      return logN !== cost.logN || r !== cost.r || p !== cost.p;
    },
  };
}

function decode(stored: string): ScryptCost & { salt: Buffer; hash: Buffer } {
  const [scheme, logN, r, p, salt, hash] = stored.split('$');
  if (scheme !== 'scrypt' || hash === undefined) throw new Error('unknown form of stored password');
  return {
    logN: Number(logN),
    r: Number(r),
    p: Number(p),
    salt: Buffer.from(salt!, 'base64url'),
    hash: Buffer.from(hash, 'base64url'),
  };
}

let running = 0;
const waiting: (() => void)[] = [];

/** NFKC first: the same characters typed on another keyboard may arrive composed otherwise (NIST SP 800-63B). */
async function derive(password: string, salt: Buffer, { logN, r, p }: ScryptCost): Promise<Buffer> {
  if (waiting.length >= mostWaiting) throw new Overloaded('too many passwords at once');
  if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
  else running++;
  try {
    const options: ScryptOptions = { N: 2 ** logN, r, p, maxmem: 256 * 2 ** logN * r };
    return await new Promise<Buffer>((resolve, reject) => {
      scrypt(password.normalize('NFKC'), salt, hashBytes, options, (error, key) =>
        error ? reject(error) : resolve(key),
      );
    });
  } finally {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next(); // takes over this permit
  }
}
