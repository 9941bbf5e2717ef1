import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { CookieOptions, Request, Response } from 'express';
import { cookieOf } from './cookies.ts';
import { accountKey } from './sign-in.ts';

const yearMs = 365 * 24 * 3_600_000;

/**
 * Browsers in which an account has signed in, by a cookie each: guesses that others make, at the account or from the same
 * network address, do not keep its owner out. Source: OWASP, "Slow Down Online Guessing Attacks with Device Cookies".
 */
export function knownBrowsers({ prefix, secret, cookie }: { prefix: string; secret: string; cookie: CookieOptions }) {
  const nameOf = (key: string) => `${prefix}-${key.slice('account:'.length, 'account:'.length + 16)}`;
  const sign = (key: string, id: string) =>
    createHmac('sha256', secret).update(`browser ${key} ${id}`).digest('base64url');
  return {
    remember(res: Response, email: string): void {
      const key = accountKey(email);
      const id = randomBytes(16).toString('base64url');
      res.cookie(nameOf(key), `${id}.${sign(key, id)}`, { ...cookie, maxAge: yearMs });
    },
    /** Of this browser, where the account has signed in with it. */
    idOf(req: Request, email: string): string | undefined {
      const key = accountKey(email);
      const [id = '', signature = ''] = (cookieOf(req, nameOf(key)) ?? '').split('.');
      const [given, right] = [Buffer.from(signature), Buffer.from(sign(key, id))];
      return given.length === right.length && timingSafeEqual(given, right) ? id : undefined;
    },
  };
}

export type KnownBrowsers = ReturnType<typeof knownBrowsers>;
