import { z } from 'zod';
import { largestDescription, openPackageFiles } from './package-files.ts';
import { parseYaml } from './parse-yaml.ts';
import { check } from './tensors.ts';

/** What a package says of itself to people. */
export interface PackageCard {
  /** SPDX id. */
  licence?: string;
  authors: string[];
  /** Markdown. */
  documentation?: string;
  cover?: { type: string; bytes: Uint8Array };
}

/** Bytes. Larger ones are left out: a card is read on a page, and a cover is a small picture there. */
const largestDocumentation = 256 * 1024;
const largestCover = 4 * 1024 * 1024;

const text = z.string().nullish();
const file = z.union([z.string(), z.object({ source: z.string() })]);
const shown = z.object({
  license: text,
  authors: z.array(z.object({ name: text })).nullish(),
  documentation: file.nullish(),
  covers: z.array(file).nullish(),
});

/** First bytes of pictures that browsers show. */
const pictures: readonly (readonly [type: string, starts: readonly number[]])[] = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/gif', [0x47, 0x49, 0x46, 0x38]],
];

/**
 * Reads the card of a package, in folder or zip. Files that it names and does not have, that are too large, or that are
 * elsewhere on the web are left out: the model runs without them. Throws `modelMissing`, `modelBroken`.
 */
export async function packageCard(path: string): Promise<PackageCard> {
  const files = await openPackageFiles(path);
  const yaml = parseYaml(
    new TextDecoder().decode(await files.read(files.description, largestDescription)),
    files.description,
  );
  const { license, authors, documentation, covers } = check(shown, yaml);
  const readOptional = async (given: z.output<typeof file> | null | undefined, most: number) => {
    const source = typeof given === 'object' ? given?.source : given;
    if (source === undefined || /^[a-z][a-z0-9+.-]*:\/\//i.test(source)) return undefined;
    return files.read(source, most).catch(() => undefined);
  };
  const card = await readOptional(documentation, largestDocumentation);
  const cover = await readOptional(covers?.[0], largestCover);
  const type = pictures.find(([, starts]) => starts.every((byte, i) => cover?.[i] === byte))?.[0];
  return {
    ...(license && { licence: license.slice(0, 100) }),
    authors: (authors ?? []).flatMap(({ name }) => (name ? [name.slice(0, 200)] : [])).slice(0, 50),
    ...(card !== undefined && { documentation: new TextDecoder().decode(card) }),
    ...(cover !== undefined && type !== undefined && { cover: { type, bytes: cover } }),
  };
}
