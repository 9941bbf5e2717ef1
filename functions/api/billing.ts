import type { IncomingHttpHeaders } from 'node:http';
import { Problem } from '../contract/problems.ts';
import { daySeconds } from '../core/time.ts';
import { hookSignature, isHookSignature } from '../http/hook-signature.ts';
import { assertPlan, changePlan } from './change-plan.ts';
import { once, requestDigest } from './idempotency.ts';
import type { Handlers } from './request.ts';
import type { ApiServices } from './services.ts';

/** How far the time of a signature may be from now: what somebody has listened to is good for no longer. */
const freshSeconds = 300;
/** Payment services send an event again for some days; its id is known for longer. */
const knownSeconds = 30 * daySeconds;
/** Owner of the answers to events; no person has this id. */
const answersOf = '#billing';

/** Rejects with the problems `eventUnsigned` and `eventStale`. `body`: the bytes as they came. */
export async function assertSigned(
  headers: IncomingHttpHeaders,
  body: Buffer | undefined,
  { planChanges }: Pick<ApiServices, 'planChanges'>,
): Promise<void> {
  const { 'labdeploy-timestamp': time, 'labdeploy-signature': signature } = headers;
  const billing = planChanges?.billing;
  if (billing === undefined || typeof time !== 'string' || typeof signature !== 'string' || !/^\d{1,12}$/.test(time))
    throw new Problem('eventUnsigned', {});
  if (!isHookSignature(signature, hookSignature(await billing.secret(), time, body ?? '')))
    throw new Problem('eventUnsigned', {});
  if (Math.abs(billing.clock.now() / 1000 - Number(time)) > freshSeconds)
    throw new Problem('eventStale', { seconds: freshSeconds });
}

/** What a payment service says of the plans of people. */
export function billingHandlers(services: ApiServices): Pick<Handlers, 'takeBillingEvent'> {
  const { answers, planChanges, plans } = services;
  return {
    async takeBillingEvent({ body: { id, person, plan } }) {
      if (planChanges === undefined) throw new Problem('upgradesOff', {});
      assertPlan(plan, plans);
      const work = async () => {
        const account = await planChanges.accounts.find(person);
        await changePlan(account.id, plan, services);
        return { status: 200, body: JSON.stringify({ plan }) }; // names nobody: it is kept when the person is forgotten
      };
      const key = { owner: answersOf, key: id, request: requestDigest(answersOf, id, [person, plan]) };
      const answer = await once(answers, key, work, knownSeconds).catch((error: unknown) => {
        if (error instanceof Problem && error.code === 'keyReused') throw new Problem('eventReused', { id });
        throw error;
      });
      return JSON.parse(answer.body) as { plan: string };
    },
  };
}
