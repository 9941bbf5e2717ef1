import { z } from 'zod';
import { axesPattern } from '../core/axes.ts';
import { fileStates, jobStates } from '../core/job.ts';
import { resultKinds, tableNames } from '../core/object-keys.ts';
import { planeModes } from '../core/plane-mode.ts';
import type { PlanLimits } from '../core/plans.ts';
import { positiveRules, ringDistance } from '../core/positive-settings.ts';
import { fileSummary } from '../core/summary.ts';

/*
 * The HTTP API v1: the one source of validation, of the types that clients import, and of /openapi.json
 * (core/operations says which route takes and gives what). Sizes are bytes, times ISO 8601 in UTC.
 */

export const apiLimits = {
  /** Files one call of uploads may name, and parts one call of uploads/parts. */
  filesPerCall: 500,
  partsPerCall: 500,
  /** S3's most. */
  partsPerFile: 10_000,
  /** S3's largest object. */
  objectBytes: 5 * 2 ** 40,
  filesPage: 1000,
  jobsPage: 100,
  /** Files of one job that are named and not sent, beyond those that the plan allows. */
  notSentPerJob: 10_000,
  missingShown: 100,
  /** A public link is good for so long at most. */
  linkDays: 30,
  bodyBytes: 1_000_000,
} as const;

/** How files are sent where the service does not say otherwise. */
export const usualTransfer = {
  /** Up to here a file is one PUT; larger ones go in parts, so that an interruption costs one part. */
  singlePutBytes: 100_000_000,
  /** Of every part but the last, while they are few enough; S3 takes none under 5 MiB. */
  partBytes: 16 * 2 ** 20,
} as const;

const text = (longest: number) => z.string().min(1).max(longest);
const count = z.int().nonnegative();
const time = z.iso.datetime();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** As the client names it; core/paths decides. Longer than any path that is accepted, so that a refusal is an answer. */
const path = text(2048);
const size = z.int().nonnegative().max(apiLimits.objectBytes);
/** CRC-32 as in zip. */
const crc32 = z.int().nonnegative().max(0xffffffff);
const uploadId = z.string().regex(/^[\w.-]{1,1024}$/);
const etag = z.string().regex(/^"?[\w-]{1,128}"?$/);
const part = z.int().min(1).max(apiLimits.partsPerFile);
/** Tells a file from another of its name; the client makes it, and the service compares it. */
const identity = z.string().regex(/^[\w-]{1,100}$/);
/** Zero-based index, or a name. */
const diameter = z.number().min(1).max(100_000);
const planes = z.enum(planeModes);
const channel = z.union([z.int().nonnegative().max(999), text(200)]);
const axes = z.string().regex(axesPattern);
/** As the list before gave it. */
const cursor = z.string().regex(/^[\w-]{1,2000}$/);
/** No control character, no line or paragraph separator: what can be shown in one line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const printable = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]{1,200}$/u;

const pageLimit = (largest: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,3}$/)
    .transform(Number)
    .pipe(z.int().min(1).max(largest))
    .optional();

// --- parameters

export const jobId = z.string().regex(/^[a-z0-9-]{8,40}$/);
export const jobParams = z.object({ id: jobId });
export const listJobsQuery = z.object({ cursor: cursor.optional(), limit: pageLimit(apiLimits.jobsPage) });
export const listFilesQuery = z.object({
  state: z.enum(fileStates).optional(),
  cursor: cursor.optional(),
  limit: pageLimit(apiLimits.filesPage),
});
export const listPartsQuery = z.object({ path, uploadId });
/** Without a path: the tables of the whole job. */
export const resultsQuery = z.object({ path: path.optional() });
export const inputQuery = z.object({ path });

/** As POST …/links gave it; any other is a link that does not exist. */
export const linkParams = z.object({ token: z.string().regex(/^[\w.-]{1,2000}$/) });

// --- bodies

export const linkBody = z.strictObject({ days: z.int().min(1).max(apiLimits.linkDays) });

const newJobFields = {
  /** As the user calls it: the folder's name. */
  name: z
    .string()
    .regex(printable)
    .refine((name) => name.isWellFormed(), 'not valid Unicode'),
  /** Name of a model of GET /v1/models; default: the first. */
  model: text(200).optional(),
  /** Default: the model's, else the first. */
  channel: channel.optional(),
  /** What the pages of each image are. Default: as each file says. */
  axes: axes.optional(),
  /** Median diameter of the objects, px. Default: by each image's pixel size, else an estimate. */
  diameter: diameter.optional(),
  /** What becomes of several planes of an image. Default: `link`, each object counts once. */
  planes: planes.optional(),
  /** Also measure every channel in a ring of so many pixels around each object. */
  ring: ringDistance.optional(),
  /** In which channels objects are positive, and above which mean: a number, `otsu` or `bg+3`. */
  positive: positiveRules.optional(),
  /** Also keep the probability map of each image. */
  probabilities: z.boolean().optional(),
};
/** A folder file by file, or as one zip whose size is known. */
export const newJobBody = z.discriminatedUnion('source', [
  /** `announced`: files that are going to be named, so that everybody sees the total from the start. */
  z.strictObject({ source: z.literal('files'), ...newJobFields, announced: z.int().positive().max(1e9).optional() }),
  z.strictObject({
    source: z.literal('zip'),
    ...newJobFields,
    archiveBytes: size.min(1),
    archiveIdentity: identity.optional(),
  }),
]);

export const uploadsBody = z.strictObject({
  files: z
    .array(
      z.strictObject({
        path,
        bytes: size,
        crc32: crc32.optional(),
        identity: identity.optional(),
        /** The client does not send it: the job names it as failed with this reason. `withdrawn`: it was to be sent. */
        notSent: z.enum(['namedTwice', 'overFileLimit', 'withdrawn']).optional(),
      }),
    )
    .min(1)
    .max(apiLimits.filesPerCall),
});

export const partsBody = z.strictObject({
  path,
  uploadId,
  parts: z.array(part).min(1).max(apiLimits.partsPerCall),
});

export const completeBody = z.strictObject({
  path,
  uploadId,
  parts: z.array(z.strictObject({ part, etag })).min(1).max(apiLimits.partsPerFile),
});

/** `missing`: what becomes of files that were named and never arrived. Default `refuse`: the answer lists them. */
export const submitBody = z.strictObject({ missing: z.enum(['refuse', 'fail']).optional() });

// --- answers

const failureView = z.object({
  code: z.string(),
  message: z.string(),
  /** What to do about it. */
  next: z.string().optional(),
});

export const jobView = z.object({
  id: jobId,
  name: z.string(),
  source: z.enum(['files', 'zip']),
  settings: z.object({
    model: z.object({ name: z.string(), sha256 }),
    channel: channel.optional(),
    axes: axes.optional(),
    diameter: diameter.optional(),
    planes: planes.optional(),
    ring: ringDistance.optional(),
    positive: positiveRules.optional(),
    probabilities: z.boolean(),
  }),
  state: z.enum(jobStates),
  /** No file can be added any more: `counts.expected` is the total. */
  sealed: z.boolean(),
  /** `expected`: all files; done + failed + leftOut + pending. `leftOut`: no images, which fail nothing. */
  counts: z.object({ expected: count, done: count, failed: count, leftOut: count, pending: count }),
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
});

export const filePage = z.object({ items: z.array(fileView), cursor: z.string().optional() });

/** A request that the client sends as it is; its headers are part of the signature. 412 answers that the object is there already. */
export const signedRequest = z.object({
  method: z.enum(['GET', 'PUT']),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  /** Afterwards the store answers 403: ask again. */
  expiresAt: time,
});

const sentPart = z.object({ part, bytes: count, etag: z.string() });

/**
 * Why a file is not taken. All are named in the job, `imageLeftOut` as left out and the others as failed, but those that are
 * the job's already or never can be: changed since it was first named, named after the submit, named twice in one call under one path.
 */
const uploadRefusals = [
  'pathRefused',
  'imageLeftOut',
  'fileTooLarge',
  'overFileLimit',
  'withdrawn',
  'fileChanged',
  'jobClosed',
  'namedTwice',
] as const;
export type UploadRefusal = (typeof uploadRefusals)[number];

/** What to do with one file. `path`: as it is stored from now on, or as it was given where it is refused. */
const uploadAnswer = z.discriminatedUnion('state', [
  z.object({ state: z.literal('put'), path: z.string(), request: signedRequest.extend({ method: z.literal('PUT') }) }),
  z.object({
    state: z.literal('multipart'),
    path: z.string(),
    uploadId,
    /** Of every part but the last. */
    partBytes: z.int().positive(),
    partCount: z.int().positive(),
    /** Parts that are there already, from an upload that was cut off. */
    sent: z.array(sentPart),
  }),
  z.object({ state: z.literal('present'), path: z.string(), bytes: count }),
  z.object({ state: z.literal('refused'), path: z.string(), code: z.enum(uploadRefusals), message: z.string() }),
]);

/** One answer a file, in the order of the request. */
export const uploadAnswers = z.object({ files: z.array(uploadAnswer) });
export const signedParts = z.object({
  parts: z.array(z.object({ part, bytes: count, request: signedRequest.extend({ method: z.literal('PUT') }) })),
});
export const sentParts = z.object({ parts: z.array(sentPart) });
export const completedUpload = z.object({ path: z.string(), bytes: count });

export const download = z.object({
  fileName: z.string(),
  bytes: count,
  request: signedRequest.extend({ method: z.literal('GET') }),
});

/** Whoever has it can download the zip, without signing in, until it expires or the job is deleted. */
export const linkView = z.object({ url: z.string(), expiresAt: time });

export const results = z.object({
  path: z.string().optional(),
  files: z.array(download.extend({ kind: z.enum([...resultKinds, ...tableNames]) })),
  /** What the image was and what came out; only with a path. */
  summary: fileSummary.optional(),
});

export const modelView = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string(),
  sha256,
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
});

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
  /** Days after which a job's results go. Absent: they stay until the job is deleted. */
  retentionDays: count.optional(),
  /** Days after which images that were sent go: then a file that failed must be sent again. Absent: as retentionDays. */
  inputDays: count.optional(),
  limits: z.object({
    filesPerCall: count,
    partsPerCall: count,
    singlePutBytes: count,
    filesPage: count,
    jobsPage: count,
  }),
});

export const health = z.object({ status: z.literal('ok'), version: z.string() });

/** RFC 9457, application/problem+json; core/problems lists the codes. */
export const problemView = z.object({
  /** `urn:labdeploy:problem:` and the code. */
  type: z.string(),
  title: z.string(),
  status: z.int(),
  /** What happened, and what to do. */
  detail: z.string(),
  /** Path of the request. */
  instance: z.string(),
  code: z.string(),
  /** Also in the header X-Request-Id, and in the service's log. */
  requestId: z.string(),
  /** Of an invalid request: where, and what is wrong. */
  errors: z.array(z.object({ at: z.string(), message: z.string() })).optional(),
  /** Of a submit: files that never arrived, the first hundred. */
  missing: z.array(z.string()).optional(),
  missingCount: count.optional(),
  /** Of a quota: its name, what it allows and what is used of it. */
  quota: z.string().optional(),
  limit: count.optional(),
  used: count.optional(),
});

export type NewJobBody = z.infer<typeof newJobBody>;
export type UploadsBody = z.infer<typeof uploadsBody>;
export type PartsBody = z.infer<typeof partsBody>;
export type CompleteBody = z.infer<typeof completeBody>;
export type FailureView = z.infer<typeof failureView>;
export type JobView = z.infer<typeof jobView>;
export type JobPage = z.infer<typeof jobPage>;
export type FileView = z.infer<typeof fileView>;
export type FilePage = z.infer<typeof filePage>;
export type SignedRequestView = z.infer<typeof signedRequest>;
export type UploadAnswer = z.infer<typeof uploadAnswer>;
export type UploadAnswers = z.infer<typeof uploadAnswers>;
export type SignedParts = z.infer<typeof signedParts>;
export type SentParts = z.infer<typeof sentParts>;
export type Download = z.infer<typeof download>;
export type LinkView = z.infer<typeof linkView>;
export type Results = z.infer<typeof results>;
export type ModelView = z.infer<typeof modelView>;
export type Me = z.infer<typeof me>;
export type PublicConfig = z.infer<typeof publicConfig>;
export type ProblemView = z.infer<typeof problemView>;
