import { z } from 'zod';
import { fileStates, jobStates, machineStates } from '../core/job.ts';
import { storageStates } from '../core/job-storage.ts';
import { leastPixels, objectThreshold, scaleFactor } from '../core/object-settings.ts';
import { positiveRules, ringDistance } from '../core/positive-settings.ts';
import {
  axes,
  channel,
  count,
  cursor,
  diameter,
  identity,
  pageLimit,
  path,
  planes,
  printable,
  printableLines,
  sha256,
  size,
  text,
  time,
} from './fields.ts';
import { apiLimits } from './limits.ts';

export const jobId = z.string().regex(/^[a-z0-9-]{8,40}$/);

export const jobParams = z.object({ id: jobId });

export const listJobsQuery = z.object({
  search: text(200).optional(),
  cursor: cursor.optional(),
  limit: pageLimit(apiLimits.jobsPage),
});

export const listFilesQuery = z.object({
  state: z.enum(fileStates).optional(),
  cursor: cursor.optional(),
  limit: pageLimit(apiLimits.filesPage),
});

/** What the user may choose of a job beside its model (core/job-choices). */
const choices = {
  /** Default: the model's, else the first. */
  channel: channel.optional(),
  /** What the pages of each image are. Default: as each file says. */
  axes: axes.optional(),
  /** Median diameter of the objects, px. Default: by each image's pixel size, else an estimate. */
  diameter: diameter.optional(),
  /** Planes are predicted reduced by this whole factor. Not together with `diameter`. */
  scale: scaleFactor.optional(),
  /** Objects are dark on a bright background. Default: bright on dark. */
  invert: z.boolean().optional(),
  /** From which value of the model's map of objects a pixel belongs to one; of a probability 0 to 1. Default: the model's. */
  threshold: objectThreshold.optional(),
  /** Objects of fewer pixels are dropped. Default: the model's. */
  minSize: leastPixels.optional(),
  /** What becomes of several planes of an image. Default: `link`, each object counts once. */
  planes: planes.optional(),
  /** Also measure every channel in a ring of so many pixels around each object. */
  ring: ringDistance.optional(),
  /** In which channels objects are positive, and above which mean: a number, `otsu` or `bg+3`. */
  positive: positiveRules.optional(),
  /** Also write the objects of each image as ROIs for Fiji. */
  rois: z.boolean().optional(),
  /** Also write the labels of each image as OME-TIFF. */
  ome: z.boolean().optional(),
  /** Also write the labels of each image as OME-Zarr in one file. */
  zarr: z.boolean().optional(),
};

const isWellFormed = (text: string): boolean => text.isWellFormed();
const jobName = z.string().regex(printable).refine(isWellFormed, 'not valid Unicode');

const newJobFields = {
  /** As the user calls it: the folder's name. */
  name: jobName,
  /** Name of a model of GET /v1/models; default: the first. */
  model: text(200).optional(),
  ...choices,
  /** Also keep the probability map of each image. */
  probabilities: z.boolean().optional(),
  /** Only to try settings: nobody is notified of its end. */
  trial: z.boolean().optional(),
};

/** A folder file by file, as one zip whose size is known, or what another job has. */
export const newJobBody = z.discriminatedUnion('source', [
  /** `announced`: files that are going to be named, so that everybody sees the total from the start. */
  z.strictObject({ source: z.literal('files'), ...newJobFields, announced: z.int().positive().max(1e9).optional() }),
  z.strictObject({
    source: z.literal('zip'),
    ...newJobFields,
    archiveBytes: size.min(1),
    archiveIdentity: identity.optional(),
  }),
  /**
   * The images of another job of yours, copied inside the service; `path`: one of them. Settings are not taken over: give
   * those that stay too.
   */
  z.strictObject({
    source: z.literal('job'),
    ...newJobFields,
    from: jobId,
    path: path.optional(),
  }),
]);

/** What is absent stays; an empty note takes it away. */
export const describeBody = z.strictObject({
  name: jobName.optional(),
  note: z.string().regex(printableLines).refine(isWellFormed, 'not valid Unicode').optional(),
});

/** `missing`: what becomes of files that were named and never arrived. Default `refuse`: the answer lists them. */
export const submitBody = z.strictObject({ missing: z.enum(['refuse', 'fail']).optional() });

export const failureView = z.object({
  code: z.string(),
  message: z.string(),
  /** What to do about it. */
  next: z.string().optional(),
});

export const jobView = z.object({
  id: jobId,
  name: z.string(),
  note: z.string().optional(),
  source: z.enum(['files', 'zip', 'job']),
  /** The job whose images it has, and the one image where it has one. */
  from: z.object({ job: jobId, path: z.string().optional() }).optional(),
  /** Made to try settings on one image. */
  trial: z.boolean().optional(),
  settings: z.object({
    /** `package` and `revision`: of a model of the registry. */
    model: z.object({
      name: z.string(),
      sha256,
      package: sha256.optional(),
      revision: z.int().positive().optional(),
    }),
    ...choices,
    probabilities: z.boolean(),
  }),
  state: z.enum(jobStates),
  /** No file can be added any more: `counts.expected` is the total. */
  sealed: z.boolean(),
  /**
   * `expected`: all files; done + failed + leftOut + pending. `leftOut`: no images, which fail nothing. `approximate`: of a
   * large job `done`, `failed` and `pending` are about right until it is packaged.
   */
  counts: z.object({
    ...{ expected: count, done: count, failed: count, leftOut: count, pending: count },
    approximate: z.literal(true).optional(),
  }),
  /** Files that the client said it would name; `counts.expected` are those it has named. */
  announced: count.optional(),
  /** Of the zip, as the client gave it. */
  archiveIdentity: identity.optional(),
  /** Of all files registered so far; of the zip while it is not unpacked. */
  bytes: count,
  /** 1, and one more with each retry. */
  generation: z.int().positive(),
  /** What POST …/retry would do something about. */
  retryable: z.boolean(),
  failure: failureView.optional(),
  /** Where its results are, if not always here: they go to the archive, or were there. */
  storage: z
    .object({
      state: z.enum(storageStates),
      since: time,
      /** Until then they can be downloaded. */
      downloadUntil: time.optional(),
      /** While they come back: about when they are here. */
      readyBy: time.optional(),
      /** Of the archived zip. */
      bytes: count.optional(),
      /** While they are archived: then they are deleted. */
      keptUntil: time.optional(),
    })
    .optional(),
  /** It is another's, who lets you see it: address of the owner. Absent: it is yours. */
  shared: z.object({ by: z.string(), at: time }).optional(),
  createdAt: time,
  changedAt: time,
});

export const jobPage = z.object({ items: z.array(jobView), cursor: z.string().optional() });

export const fileView = z.object({
  path: z.string(),
  bytes: count,
  /** As the client gave it. */
  identity: identity.optional(),
  state: z.enum(fileStates),
  failure: failureView.optional(),
  /** Of a file that is done: what was assumed or left out in reading it, and whether it has no pixel size. */
  notes: z.array(z.string()).optional(),
  /** Of a pending file that goes to a larger machine: it waits for one, or one works on it. */
  machine: z.object({ state: z.enum(machineStates), since: time }).optional(),
});

export const filePage = z.object({ items: z.array(fileView), cursor: z.string().optional() });

export type NewJobBody = z.infer<typeof newJobBody>;
export type FailureView = z.infer<typeof failureView>;
export type JobView = z.infer<typeof jobView>;
export type JobPage = z.infer<typeof jobPage>;
export type FileView = z.infer<typeof fileView>;
export type FilePage = z.infer<typeof filePage>;
