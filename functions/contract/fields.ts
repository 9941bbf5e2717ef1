import { z } from 'zod';
import { axesPattern } from '../core/axes.ts';
import { planeModes } from '../core/plane-mode.ts';
import { apiLimits } from './limits.ts';

/*
 * The HTTP API v1 in zod: the one source of validation, of the types that clients import, and of /openapi.json
 * (operations.ts says which route takes and gives what). Here is what several resources have. Sizes are bytes, times
 * ISO 8601 in UTC.
 */

export const text = (longest: number) => z.string().min(1).max(longest);
export const count = z.int().nonnegative();
export const time = z.iso.datetime();
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** As the client names it; core/paths.ts decides. Longer than any path that is accepted, so that a refusal is an answer. */
export const path = text(2048);
export const size = z.int().nonnegative().max(apiLimits.objectBytes);

/** CRC-32 as in zip. */
export const crc32 = z.int().nonnegative().max(0xffffffff);
export const uploadId = z.string().regex(/^[\w.-]{1,1024}$/);
export const etag = z.string().regex(/^"?[\w-]{1,128}"?$/);
export const part = z.int().min(1).max(apiLimits.partsPerFile);

/** Tells a file from another of its name; the client makes it, and the service compares it. */
export const identity = z.string().regex(/^[\w-]{1,100}$/);
export const diameter = z.number().min(1).max(100_000);
export const planes = z.enum(planeModes);

/** Zero-based index, or a name. */
export const channel = z.union([z.int().nonnegative().max(999), text(200)]);
export const axes = z.string().regex(axesPattern);

/** As the list before gave it. */
export const cursor = z.string().regex(/^[\w-]{1,2000}$/);

/** As in paths (core/paths): no control character, none that turns the writing round, no line or paragraph separator. */
const shown = '[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069\\ufffe\\uffff]';

/** What can be shown in one line. */
export const printable = new RegExp(`^${shown}{1,200}$`, 'u');

/** The same over several lines, of at most 2,000 characters. */
export const printableLines = new RegExp(`^(?:${shown}|\\n){0,2000}$`, 'u');

export const pageLimit = (largest: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,3}$/)
    .transform(Number)
    .pipe(z.int().min(1).max(largest))
    .optional();
