import { z } from 'zod';
import { leastPixels, objectThreshold, scaleFactor } from '../core/object-settings.ts';
import { positiveRules, ringDistance } from '../core/positive-settings.ts';

/** What a report reads of a job's manifest.json (stages/zip/tables); versions before or after may have more. */
const text = z.string().min(1);

const doneFile = z.object({
  state: z.literal('done'),
  path: text,
  channel: z.object({ index: z.int().nonnegative(), name: z.string().optional() }),
  results: z.array(text),
  /** The file of its regions of interest. */
  regions: z.object({ file: text }).optional(),
});

const otherFile = z.object({
  state: z.enum(['failed', 'leftOut']),
  path: text,
  failure: z.object({ code: text, message: z.string() }),
});

export const manifestSchema = z.object({
  files: z.array(z.discriminatedUnion('state', [doneFile, otherFile])),
  labdeploy: text,
  name: z.string(),
  model: z.object({
    name: text,
    version: z.string().optional(),
    sha256: z.string().optional(),
    definition: z.string().optional(),
  }),
  settings: z.object({
    channel: z.union([z.number(), z.string()]).optional(),
    axes: text.optional(),
    diameter: z.number().optional(),
    scale: scaleFactor.optional(),
    invert: z.boolean().optional(),
    threshold: objectThreshold.optional(),
    minSize: leastPixels.optional(),
    planes: z.string().optional(),
    ring: ringDistance.optional(),
    positive: positiveRules.optional(),
    probabilities: z.boolean().optional(),
  }),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestFile = Manifest['files'][number];
