import { z } from 'zod';
import { purposes } from '../core/pictures/picture.ts';
import { cursor, pageLimit, printable, sha256, text, time } from './fields.ts';
import { apiLimits } from './limits.ts';

const agreementName = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);
const language = z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$/);
const version = z.int().positive();

/** Immutable Markdown, named by the sha256 of its bytes in UTF-8. */
const agreementText = z.object({ language, sha256, markdown: z.string() });

export const newVersionBody = z.strictObject({
  agreement: agreementName,
  purposes: z.array(z.enum(purposes)).min(1),
  /** Consent to earlier versions lapses. */
  material: z.boolean(),
  texts: z
    .array(z.strictObject({ language, markdown: text(apiLimits.agreementBytes) }))
    .min(1)
    .refine((texts) => new Set(texts.map((each) => each.language)).size === texts.length, 'a language stands twice')
    .refine(
      (texts) =>
        texts.reduce((sum, { markdown }) => sum + new TextEncoder().encode(markdown).length, 0) <=
        apiLimits.agreementBytes,
      `more than ${apiLimits.agreementBytes} bytes in all`,
    ),
});

export const agreementView = z.object({
  agreement: agreementName,
  version,
  /** Each with what the caller said of it. `lapsed`: agreed to, but a material text came since. */
  purposes: z.array(
    z.object({ purpose: z.enum(purposes), standing: z.enum(['agreed', 'lapsed', 'declined', 'open']) }),
  ),
  material: z.boolean(),
  texts: z.array(agreementText),
  publishedAt: time,
});
export const agreementList = z.object({ items: z.array(agreementView) });

/** The version and text that was shown; without `purposes` all of them. */
export const decisionBody = z.strictObject({
  agreement: agreementName,
  version,
  sha256,
  agree: z.boolean(),
  purposes: z.array(z.enum(purposes)).min(1).optional(),
  name: z.string().regex(printable).optional(),
});

/** What a person said, and of which text; nothing of it ever changes. */
export const recordView = z.object({
  record: version,
  agreement: agreementName,
  version,
  sha256,
  language,
  purposes: z.array(z.enum(purposes)),
  agree: z.boolean(),
  savedAt: time,
  name: z.string().optional(),
  /** As the caller wrote it. */
  claimedAt: z.string().optional(),
  picture: z.string().optional(),
});
export const recordsQuery = z.object({ cursor: cursor.optional(), limit: pageLimit(apiLimits.picturesPage) });
export const recordPage = z.object({ items: z.array(recordView), cursor: z.string().optional() });

export type AgreementView = z.infer<typeof agreementView>;
export type RecordView = z.infer<typeof recordView>;
