import { z } from 'zod';

/** What whoever asks a model that is kept elsewhere is told of it. */
export const endpointEnvironment = z.object({
  /** Of SageMaker's endpoint. */
  name: z.string(),
  /** What it runs, by its digest. */
  image: z.string(),
});

export type EndpointEnvironment = z.infer<typeof endpointEnvironment>;

/** Seconds that an answer may take, as with every container, and that a request may wait for it to begin: SageMaker's most. */
export const [answerSeconds, requestSeconds] = [900, 21_600];
