import { createHash } from 'node:crypto';
import { z } from 'zod';
import { largestDescription, openPackageFiles } from './package-files.ts';
import { parseYaml } from './parse-yaml.ts';
import { check } from './tensors.ts';

/** What a model's card asks to cite. */
export interface ModelCitations {
  /** sha256 of the description, as in ModelIdentity. */
  definition: string;
  citations: { text: string; doi?: string; url?: string }[];
}

const text = z.string().nullish();
const card = z.object({ cite: z.array(z.object({ text, doi: text, url: text })).nullish() });

/** Reads only the description of a package, in folder or zip. Throws `modelMissing`, `modelBroken`. */
export async function modelCitations(path: string): Promise<ModelCitations> {
  const files = await openPackageFiles(path);
  const bytes = await files.read(files.description, largestDescription);
  const { cite } = check(card, parseYaml(new TextDecoder().decode(bytes), files.description));
  return {
    definition: createHash('sha256').update(bytes).digest('hex'),
    citations: (cite ?? []).map(({ text, doi, url }) => ({
      text: text ?? '',
      ...(doi && { doi }),
      ...(url && { url }),
    })),
  };
}
