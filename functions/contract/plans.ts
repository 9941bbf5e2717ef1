import { z } from 'zod';
import { upgradeWays } from '../core/features.ts';
import { count, text, time } from './fields.ts';
import { planLimits } from './service.ts';
import { accountId } from './shares.ts';

const planName = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/);

const request = z.object({ plan: z.string(), askedAt: time });

/** The plan of the caller as it is now, and what there is beside it. */
export const myPlan = z.object({
  /** As administrators know it; a token that was given before says the earlier one until it ends. */
  plan: z.string(),
  /** `ask`: administrators are asked for another plan; `self`: it is changed at once. */
  upgrades: z.enum(upgradeWays).exclude(['off']),
  plans: z.array(
    z.object({
      name: z.string(),
      limits: planLimits,
      /** Of a plan that archives results: how long after a job completed, whether its owner may ask for them, and days after which they are deleted. */
      archive: z.object({ afterSeconds: count, restores: z.boolean(), days: count.optional() }).optional(),
    }),
  ),
  /** Jobs whose results are archived or about to go: with a plan that does not archive they come back, or stay. */
  away: count,
  /** What the caller asked for and administrators have not answered. */
  requested: request.optional(),
});

/** Names the plan that is wanted; the one that the caller has withdraws a request. */
export const planBody = z.strictObject({ plan: planName });

export const planRequestParams = z.object({ person: accountId });

/** What people of the lab ask for, oldest first. */
export const planRequestList = z.object({
  items: z.array(
    request.extend({
      person: accountId,
      email: z.string(),
      name: z.string().optional(),
      /** The plan that they have. */
      has: z.string(),
    }),
  ),
});

/** Address or id of an account, and its plan from now on. An event that comes again changes nothing. */
export const billingEventBody = z.object({
  id: z.string().regex(/^[\x21-\x7e]{1,200}$/),
  person: text(320),
  plan: planName,
});

/** What an event did: the plan that the account was given. */
export const billedPlan = z.object({ plan: z.string() });

export type MyPlan = z.infer<typeof myPlan>;
export type PlanRequestList = z.infer<typeof planRequestList>;
