import { z } from 'zod';

/** Where images of models are built, and kept. */
export const buildsEnvironment = z.object({
  /** Name of CodeBuild's project. */
  project: z.string(),
  /** `account.dkr.ecr.region.amazonaws.com/name`. */
  repository: z.string(),
  /** Name of the bucket of the sources. */
  bucket: z.string(),
});

export type BuildsEnvironment = z.infer<typeof buildsEnvironment>;
