import { z } from 'zod';
import { modelKinds, trainingStates } from '../core/data-set.ts';
import { count, path, time } from './fields.ts';
import { jobId } from './jobs.ts';

export const dataSetParams = z.object({ dataSet: jobId });

export const newDataSetBody = z.strictObject({
  /** Of its models, too: a letter or digit first; a folder may be called so. */
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_ -]{4,59}$/),
});

export const addImageBody = z.strictObject({
  /** A job of yours that is completed. */
  job: jobId,
  path,
});

export const trainBody = z.strictObject({ kind: z.enum(modelKinds) });

/** F1 of objects at IoU 0.5. */
const score = z.number().min(0).max(1);
const scores = { before: score, after: score };

const trainingView = z.object({
  kind: z.enum(modelKinds),
  state: z.enum(trainingStates),
  askedAt: time,
  endedAt: time.optional(),
  /** That it was begun with. */
  images: count,
  objects: count,
  progress: z
    .object({ step: z.enum(['epochs', 'scores']), done: count, total: count, secondsLeft: z.number().optional() })
    .optional(),
  /** US dollars that a machine has cost for it so far, by list prices; absent where none was started for it. */
  usd: z.number().nonnegative().optional(),
  /** On the images kept aside: all together, and each. */
  scores: z.object({ ...scores, images: z.array(z.object({ image: z.string(), ...scores })) }).optional(),
  /** Why it is not better, or failed. */
  failure: z.object({ code: z.string(), message: z.string() }).optional(),
});

export const dataSetView = z.object({
  id: jobId,
  name: z.string(),
  createdAt: time,
  images: z.array(
    z.object({
      job: jobId,
      path: z.string(),
      /** Of its corrections, as they are in the data set. */
      revision: count,
      objects: count,
      addedAt: time,
      /** Trained on, or kept aside to score with; absent until the first training. It never changes. */
      side: z.enum(['train', 'test']).optional(),
    }),
  ),
  /** Images on their way into it, and those that could not be added; where that takes no time it is empty. */
  adding: z.array(
    z.object({
      job: jobId,
      path: z.string(),
      askedAt: time,
      /** Why it is not in the data set. */
      failure: z.object({ code: z.string(), message: z.string() }).optional(),
    }),
  ),
  objects: count,
  /** How much more is needed to teach a model. */
  missing: z.object({ objects: count, images: count }),
  /** The last one. */
  training: trainingView.optional(),
  /** The version in the registry that was better last. */
  version: jobId.optional(),
});

export const dataSetList = z.object({ items: z.array(dataSetView) });

export type DataSetView = z.infer<typeof dataSetView>;
