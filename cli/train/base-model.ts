import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Sides } from '../../functions/core/split-images.ts';
import type { ModelDescription } from '../../functions/model/package/description.ts';
import { parseYaml } from '../../functions/model/package/parse-yaml.ts';
import { UserError } from '../errors.ts';

export const descriptionFile = 'bioimageio.yaml';

const tensor = z.looseObject({ test_tensor: z.looseObject({ source: z.string() }) });
const size = z.looseObject({ min: z.number(), step: z.number() });
const input = tensor.extend({ axes: z.array(z.looseObject({ size: size.optional() })) });
const output = tensor.extend({ axes: z.array(z.looseObject({ halo: z.number().optional() })) });

/** What a description must have to be copied with other weights; the rest goes along as it is. */
const trainable = z.looseObject({
  format_version: z.string().startsWith('0.5'),
  license: z.string().optional(),
  inputs: z.tuple([input]),
  outputs: z.tuple([output]),
  weights: z.looseObject({ onnx: z.looseObject({ source: z.string() }) }),
  config: z.looseObject({
    training: z
      .looseObject({
        sides: z.record(z.string(), z.enum(['train', 'test'])).optional(),
      })
      .optional(),
  }),
});
export type TrainablePackage = z.infer<typeof trainable>;

/** The normalisation that the trainer uses too (models/nuclei/synthesis.py). */
const normalisation = { kind: 'scaleRange', low: 1, high: 99.8, eps: 1e-6 };
const maps = 'foreground, distance';

/** Reads the description of the package to train further. Throws `baseNotTrainable` where it is of another kind than nuclei. */
export async function readBase(
  folder: string,
  { model, description }: { model: string; description: ModelDescription },
): Promise<TrainablePackage> {
  const refused = (detail: string) => new UserError('baseNotTrainable', { model, detail });
  const text = await readDescription(folder);
  if (text === undefined) throw refused(`it is no folder with ${descriptionFile}`);
  const parsed = trainable.safeParse(parseYaml(text, descriptionFile));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refused(`${issue!.path.join('.')}: ${issue!.message}`);
  }
  const step = description.input.preprocessing.find(({ kind }) => kind !== 'cast');
  if (Object.entries(normalisation).some(([key, value]) => (step as Record<string, unknown>)?.[key] !== value))
    throw refused('it brings values to another scale than the trainer does');
  const names = description.outputs.flatMap(({ channels }) => channels).join(', ');
  if (names !== maps) throw refused(`its maps are ${names}, those of the trainer ${maps}`);
  return parsed.data;
}

async function readDescription(folder: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, descriptionFile), 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code!)) return undefined;
    throw error;
  }
}

const card = z.looseObject({
  config: z.looseObject({
    training: z.looseObject({
      digest: z.string(),
      sides: z.record(z.string(), z.enum(['train', 'test'])),
      f1_before: z.number(),
      f1_after: z.number(),
    }),
  }),
});

/** What `labdeploy train` wrote into a package; undefined where there is none, or it is of another kind. */
export async function readCard(
  folder: string,
): Promise<{ digest: string; sides: Sides; before: number; after: number } | undefined> {
  const text = await readDescription(folder);
  const parsed = text === undefined ? undefined : card.safeParse(parseYaml(text, descriptionFile));
  if (!parsed?.success) return undefined;
  const { digest, sides, f1_before, f1_after } = parsed.data.config.training;
  return { digest, sides, before: f1_before, after: f1_after };
}
