import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Request, Response } from 'express';
import { cookieOf } from './cookies.ts';

/**
 * Forms are only taken from our own pages: each carries the HMAC of a cookie that only this browser and we know, and a
 * browser that says where the form came from must name this origin.
 */
export function formGuard({
  cookie,
  origin,
  path,
  secret,
}: {
  cookie: string;
  origin: string;
  path: string;
  secret: string;
}) {
  const sign = (value: string) => createHmac('sha256', secret).update(`form ${value}`).digest('base64url');
  return {
    /** For a hidden field `csrf`. */
    token(req: Request, res: Response): string {
      const known = cookieOf(req, cookie);
      const value = known !== undefined && /^[\w-]{43}$/.test(known) ? known : randomBytes(32).toString('base64url');
      if (value !== known) {
        res.cookie(cookie, value, { httpOnly: true, sameSite: 'lax', secure: origin.startsWith('https:'), path });
      }
      return sign(value);
    },
    isOurs(req: Request): boolean {
      const from = req.get('origin');
      if (from !== undefined && from !== origin) return false;
      if (!['same-origin', undefined].includes(req.get('sec-fetch-site'))) return false;
      const given = Buffer.from(String((req.body as Record<string, unknown> | undefined)?.csrf ?? ''));
      const wanted = Buffer.from(sign(cookieOf(req, cookie) ?? randomBytes(32).toString('base64url')));
      return given.length === wanted.length && timingSafeEqual(given, wanted);
    },
  };
}

export type FormGuard = ReturnType<typeof formGuard>;
