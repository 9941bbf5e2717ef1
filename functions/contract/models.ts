import { z } from 'zod';
import { modelStates } from '../core/model-version.ts';
import { channel, count, printable, sha256, size, text, time } from './fields.ts';
import { failureView, jobId } from './jobs.ts';
import { download } from './results.ts';
import { signedRequest } from './signed-request.ts';

export const versionParams = z.object({ version: jobId });

/** By name, as whoever adds the package has measured them: `f1@0.5` and the like. */
const scores = z.record(z.string().regex(printable).max(40), z.number()).refine((all) => Object.keys(all).length <= 20);

export const newVersionBody = z.strictObject({
  /** Of the package's zip. */
  bytes: size.min(1),
  /** The version that it was made from. */
  parent: jobId.optional(),
  scores: scores.optional(),
});

export const versionView = z.object({
  id: jobId,
  /** Of a version that is not ready `onnx`: only the check finds out. */
  kind: z.enum(['onnx', 'container']),
  state: z.enum(modelStates),
  /** New jobs use it. */
  offered: z.boolean(),
  /** Who offered it, where it is, and when. */
  offeredBy: z.string().optional(),
  offeredAt: time.optional(),
  bytes: count,
  /** Its number among the versions of its name, from 1, and what its package says; since it was ready. */
  revision: z.int().positive().optional(),
  name: z.string().optional(),
  version: z.string().optional(),
  description: z.string().optional(),
  /** Of the package, and of the weights in it. */
  package: sha256.optional(),
  sha256: sha256.optional(),
  /** SPDX id. */
  licence: z.string().optional(),
  authors: z.array(z.string()).optional(),
  inputChannels: z.int().positive().optional(),
  /** The image that runs it, by its digest. */
  container: z.string().optional(),
  defaultChannel: channel.optional(),
  /** The maps of its own test: the largest difference of any pixel, and what is allowed. */
  maps: z.array(z.object({ output: z.string(), maxDifference: z.number(), tolerance: z.number() })).optional(),
  parent: jobId.optional(),
  scores: z.record(z.string(), z.number()).optional(),
  /** Of a package with a Dockerfile: the steps of the build of its image, and of one that failed the last lines of its log. */
  build: z
    .object({
      phases: z.array(
        z.object({
          name: z.string(),
          state: z.enum(['running', 'succeeded', 'failed']),
          seconds: z.number().nonnegative().optional(),
          why: z.string().optional(),
        }),
      ),
      lines: z.array(z.string()).optional(),
      /** By its digest, once it is there. */
      image: z.string().optional(),
    })
    .optional(),
  /** Why it is refused. */
  failure: failureView.optional(),
  addedBy: text(300),
  addedAt: time,
  changedAt: time,
});

export const versionList = z.object({ items: z.array(versionView) });

/** Signed downloads; absent where the package has none. */
export const versionDetail = versionView.extend({ cover: download.optional(), card: download.optional() });

export const packageUpload = z.object({ request: signedRequest });

export type VersionView = z.infer<typeof versionView>;
export type VersionDetail = z.infer<typeof versionDetail>;
