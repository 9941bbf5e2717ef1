import { z } from 'zod';
import { count, crc32, etag, identity, part, path, size, uploadId } from './fields.ts';
import { apiLimits } from './limits.ts';
import { signedRequest } from './signed-request.ts';

export const listPartsQuery = z.object({ path, uploadId });

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

export type UploadsBody = z.infer<typeof uploadsBody>;
export type PartsBody = z.infer<typeof partsBody>;
export type CompleteBody = z.infer<typeof completeBody>;
export type UploadAnswer = z.infer<typeof uploadAnswer>;
export type UploadAnswers = z.infer<typeof uploadAnswers>;
export type SignedParts = z.infer<typeof signedParts>;
export type SentParts = z.infer<typeof sentParts>;
