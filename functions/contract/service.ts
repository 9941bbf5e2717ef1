import { z } from 'zod';
import { modelKinds } from '../core/data-set.ts';
import { galleries, upgradeWays } from '../core/features.ts';
import type { MachineTerms } from '../core/machine-sizes.ts';
import type { PlanLimits } from '../core/plans.ts';
import { channel, count, sha256, time } from './fields.ts';

export const modelView = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string(),
  /** Of the weights. */
  sha256,
  /** Of a model of the registry: its number among the versions of its name, and the sha256 of its package. */
  revision: z.int().positive().optional(),
  package: sha256.optional(),
  /** Channels that the model takes at once. */
  inputChannels: z.int().positive(),
  /** The first of them where the user chooses none. */
  defaultChannel: channel.optional(),
  /** Colour images become grey for it. */
  greyFromRgb: z.boolean(),
});

export const modelList = z.object({ items: z.array(modelView) });

export const planLimits = z.object({
  jobsAtOnce: count,
  jobsPerDay: count,
  filesPerJob: count,
  bytesPerFile: count,
  bytesPerArchive: count,
  bytesPerDay: count,
}) satisfies z.ZodType<PlanLimits>;

export const me = z.object({
  sub: z.string(),
  email: z.string().optional(),
  name: z.string().optional(),
  plan: z.string(),
  admin: z.boolean(),
  usage: z.object({
    /** Jobs that have not ended. */
    jobsAtOnce: count,
    /** Of the day (UTC), which ends at `resetsAt`. */
    jobsToday: count,
    bytesToday: count,
    resetsAt: time,
  }),
  limits: planLimits,
  /** Of a plan that archives results: how long after a job completed, whether its owner may ask for them, and days after which they are deleted. */
  archive: z.object({ afterSeconds: count, restores: z.boolean(), days: count.optional() }).optional(),
});

/** From the least to the most: minutes until a machine works, and US dollars of its hour at list price. */
export const machineTermsSchema = z.object({
  startMinutes: z.array(count).length(2).readonly(),
  hourlyUsd: z.array(z.number()).length(2).readonly(),
}) satisfies z.ZodType<MachineTerms>;

export const publicConfig = z.object({
  version: z.string(),
  /** `accounts`: people sign in at the issuer; `link`: one person, who opened a one-time link. */
  signIn: z.enum(['accounts', 'link']),
  /** Who may make an account. */
  signUp: z.enum(['closed', 'invite', 'domains', 'open']),
  /** OIDC: the page discovers the rest from here. */
  issuer: z.string(),
  clientId: z.string(),
  /** Of `labdeploy submit`: it signs in by a code on another screen. Absent where the issuer has no such client. */
  cliClientId: z.string().optional(),
  /** What access tokens for this API are asked for with. */
  scopes: z.array(z.string()),
  /** Owners may make links that need no sign-in. */
  publicLinks: z.boolean(),
  /** Owners may share jobs with other people of the service. */
  sharing: z.boolean(),
  /** `figures`: owners may publish results on the lab's wall. `people`: pictures of people can be sent too, once those agreed. */
  gallery: z.enum(galleries),
  /** Models are taught with accepted labels. Absent: not here. */
  teaching: z.literal(true).optional(),
  /** Which kinds of models. Absent: all of them. */
  teachingKinds: z.array(z.enum(modelKinds)).optional(),
  /** How people get another plan by themselves. Absent: not at all. */
  upgrades: z.enum(upgradeWays).exclude(['off']).optional(),
  /** Days after which a job's results go. Absent: they stay until the job is deleted. */
  retentionDays: count.optional(),
  /** Days after which images that were sent go: then a file that failed must be sent again. Absent: as retentionDays. */
  inputDays: count.optional(),
  /** Larger machines take images that need more time or memory than others. Absent: there are none. */
  machines: machineTermsSchema.optional(),
  limits: z.object({
    filesPerCall: count,
    partsPerCall: count,
    singlePutBytes: count,
    filesPage: count,
    jobsPage: count,
  }),
});

export const health = z.object({ status: z.literal('ok'), version: z.string() });

export type ModelView = z.infer<typeof modelView>;
export type Me = z.infer<typeof me>;
export type PublicConfig = z.infer<typeof publicConfig>;
