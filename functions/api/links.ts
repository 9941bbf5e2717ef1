import { createHmac, timingSafeEqual } from 'node:crypto';
import { Problem } from '../contract/problems.ts';
import type { JobRef } from '../core/object-keys.ts';
import { dayMs } from '../core/time.ts';
import { rateLimit } from '../http/rate-limit.ts';
import type { Handlers } from './request.ts';
import { signZip } from './results.ts';
import type { ApiServices, PublicLinks } from './services.ts';

interface Grant extends JobRef {
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** Requests to one job's links, by anybody. */
const rate = { perSecond: 1, burst: 60 };

/** A link to the results of one job until it expires or the job is deleted; nothing is stored, so nothing lists it. */
export const publicLink = (grant: Grant, { secret, origin }: PublicLinks): { url: string; expiresAt: number } => ({
  url: `${origin}/v1/links/${tokenOf(grant, secret)}`,
  expiresAt: grant.expiresAt,
});

function tokenOf({ owner, id, expiresAt }: Grant, secret: Buffer): string {
  const claims = Buffer.from(JSON.stringify([owner, id, expiresAt])).toString('base64url');
  return `${claims}.${signatureOf(claims, secret)}`;
}

/** The secret signs other URLs as well: the leading word keeps one from passing for another. */
const signatureOf = (claims: string, secret: Buffer): string =>
  createHmac('sha256', secret).update(`public link 1\n${claims}`).digest('base64url');

/** Undefined where we did not make it, or it is over. */
function grantOf(token: string, secret: Buffer, now: number): Grant | undefined {
  const [claims = '', signature = '', ...rest] = token.split('.');
  const [given, right] = [Buffer.from(signature), Buffer.from(signatureOf(claims, secret))];
  if (rest.length > 0 || given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
  const [owner, id, expiresAt] = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as [
    string,
    string,
    number,
  ];
  return expiresAt > now ? { owner, id, expiresAt } : undefined;
}

export function linkHandlers(services: ApiServices): Pick<Handlers, 'createLink' | 'openLink'> {
  const { links, ports } = services;
  const { clock, jobs } = ports;
  const rates = rateLimit(clock);

  /** Whatever is wrong, the answer is one, so that a link does not tell which jobs there are. */
  const missing = () => new Problem('linkMissing', {});

  return {
    async createLink({ job, body: { days } }) {
      if (links === undefined) throw new Problem('linksOff', {});
      if ((await signZip(job, services)) === undefined)
        throw new Problem('resultsMissing', { why: `the job is ${job.state}` });
      const { url, expiresAt } = publicLink(
        { owner: job.owner, id: job.id, expiresAt: clock.now() + days * dayMs },
        links,
      );
      return { url, expiresAt: new Date(expiresAt).toISOString() };
    },

    async openLink({ params: { token = '' } }) {
      const grant = links === undefined ? undefined : grantOf(token, links.secret, clock.now());
      if (grant === undefined) throw missing();
      const wait = Math.ceil(rates.take(`${grant.owner}/${grant.id}`, rate));
      if (wait > 0)
        throw new Problem('tooFast', { seconds: String(wait) }, { headers: { 'Retry-After': String(wait) } });
      const job = await jobs.get(grant);
      const zip = job && (await signZip(job, services));
      if (zip === undefined) throw missing();
      return zip.request.url;
    },
  };
}
