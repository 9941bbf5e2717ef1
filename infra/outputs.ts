import type * as pulumi from '@pulumi/pulumi';
import { z } from 'zod';

const byPart = z.record(z.string(), z.string());

/** What the program says of a stack that is deployed. */
export const serviceOutputs = z.object({
  /** Of the page. */
  url: z.url(),
  apiUrl: z.url(),
  userPoolId: z.string(),
  /** Name of the job table. */
  table: z.string(),
  /** Names. */
  buckets: byPart,
  functions: byPart,
  /** URLs; of a stage that a schedule starts only dead letters. */
  queues: byPart,
  deadLetters: byPart,
  clientIds: z.object({ page: z.string(), commandLine: z.string() }),
  distributionId: z.string(),
  /** Where the record of the page's own host name must point to; absent: it has CloudFront's alone. */
  distributionDomain: z.string().optional(),
  issuer: z.url(),
  region: z.string(),
  /** Origin of the sign-in pages. */
  signInUrl: z.url(),
  siteBucket: z.string(),
  /** The machines for large images: the group of their logs; absent: the stack has none. */
  machines: z.object({ logGroup: z.string() }).optional(),
  /** What builds images, and where they are; absent: the stack has no builder. */
  builds: z.object({ project: z.string(), repository: z.string() }).optional(),
});

export type ServiceOutputs = z.infer<typeof serviceOutputs>;

type Declared<T> = T extends string ? pulumi.Input<string> : { [K in keyof T]: Declared<T[K]> };

/** The same while the program runs, when values of AWS are not known yet. */
export type DeclaredOutputs = Declared<ServiceOutputs>;
