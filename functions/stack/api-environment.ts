import { z } from 'zod';
import { machineTermsSchema, planLimits } from '../contract/service.ts';

const plan = z.strictObject({
  ...planLimits.shape,
  rate: z.strictObject({ perSecond: z.number().positive(), burst: z.int().positive() }),
  archiveAfterSeconds: z.int().nonnegative().exactOptional(),
  archiveDays: z.int().positive().exactOptional(),
  restoreTier: z.enum(['expedited', 'standard']).exactOptional(),
});

/** Limits by the name of the plan. `standard` is everybody's who has no other. */
export const plansSchema = z.object({ standard: plan }).catchall(plan);

/**
 * What the API on AWS must know of its stack, as JSON in one variable: infra writes it, runtime/lambda reads it. The models
 * it offers are not here but beside its code, in `models.json` (`ModelView[]`, the default first): the bundle has them from
 * their packages, and a function's variables are 4 KB at most.
 */
export const apiEnvironment = z.strictObject({
  /** labdeploy's own. */
  version: z.string().min(1),
  signUp: z.enum(['invite', 'domains', 'open']),
  /** The Cognito pool as `iss` of its tokens: `https://cognito-idp.{region}.amazonaws.com/{pool}`. */
  issuer: z.url(),
  /** Public clients (PKCE, no secret): of the page, and of the command line. A token of either is good. */
  clientId: z.string().min(1),
  cliClientId: z.string().min(1),
  scopes: z.array(z.string()),
  /** Of the page, first the one that links are made for. */
  origins: z.array(z.url()).min(1),
  plans: plansSchema,
  /** Links to results that need no sign-in may be made. */
  publicLinks: z.boolean(),
  /** Name of SSM's parameter with the secret of a payment service; absent where none is connected. */
  billing: z.string().min(1).exactOptional(),
  /** Days after which results go, and images that were sent. */
  retentionDays: z.int().min(1),
  inputDays: z.int().min(1),
  /** Of the machines for large images; absent where the stack has none. */
  machines: machineTermsSchema.exactOptional(),
});

export type ApiEnvironment = z.infer<typeof apiEnvironment>;
