import type { Express } from 'express';
import { rateLimit } from '../../../http/rate-limit.ts';
import { outOfBounds, type RequestBounds, requireWhole } from '../../../http/request-bounds.ts';
import type { Clock } from '../../../ports/clock.ts';
import { message } from './pages/layout.ts';
import { strings } from './pages/strings.ts';
import type { RouteContext } from './route-context.ts';
import { addressKey } from './throttle.ts';

/** A sign-in's own address has some 700 characters, a form some hundred bytes. */
export const usualBounds: RequestBounds = { addressLength: 4096, bytes: 16 << 10, wholeWithinMs: 15_000 };

/** Sign-ins and device codes begun from one address, each of which is stored: a lab behind one address shares it. */
const begun = { perSecond: 2, burst: 120 };
const beginnings = ['/authorize', '/device/code'];

/** What a browser may open a sign-in as: a page, a hidden frame, a script's own request; no picture, script or style of another page. */
const destinations = [undefined, 'document', 'iframe', 'frame', 'empty'];

/** These pages answer without a sign-in, so each request is bounded: in length, in time, in rate. */
export function boundRequests(
  app: Express,
  routes: RouteContext,
  { bounds, clock }: { bounds: RequestBounds; clock: Clock },
): void {
  const rate = rateLimit(clock);
  app.use((req, res, next) => {
    const refused = outOfBounds(req, bounds);
    if (refused === undefined) {
      requireWhole(req, res, bounds);
      return next();
    }
    res.set('Connection', 'close');
    routes.show(res, message(strings.requestRefused, strings.outOfBounds[refused]), refused);
  });
  app.use(beginnings, (req, res, next) => {
    if (!destinations.includes(req.get('sec-fetch-dest'))) {
      return routes.show(res, message(strings.requestRefused, strings.notByAPage), 403);
    }
    const waitSeconds = rate.take(addressKey(routes.addressOf(req)), begun);
    if (waitSeconds === 0) return next();
    res.set('Retry-After', String(Math.ceil(waitSeconds)));
    routes.show(res, message(strings.requestRefused, strings.throttled(1000 * waitSeconds)), 429);
  });
}
