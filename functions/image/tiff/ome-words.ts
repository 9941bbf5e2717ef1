import { Failure } from '../../core/errors.ts';
import { mostOmeBytes } from '../../core/ome-companion.ts';
import type { Beside, ByteSource } from '../image.ts';
import type { Arrangement } from './arrangement.ts';
import { type Field, readDirectory, readHeader } from './directory.ts';
import { decodeText, text } from './field-values.ts';
import { arrangeOme, parseOme, wordsElsewhere } from './ome.ts';
import { baseName } from './ome-planes.ts';
import { tag } from './tags.ts';
import { windowOver } from './window.ts';
import type { XmlElement } from './xml.ts';

/** What OME-XML says of a file: its axes, or why another has to say them. Neither where there is no OME-XML. */
export interface OmeWords {
  arrangement?: Arrangement;
  /** The OME element that it is from. */
  root?: XmlElement;
  note?: string;
}

interface Pages {
  /** Those that are planes, of the main chain. */
  planes: readonly number[];
  height: number;
  width: number;
  samples: number;
}

/**
 * Arranges pages by the first of the descriptions that is OME-XML, or by that of the file which it points to. Where that one
 * is not there or does not fit, the file is on its own, and the note says where its words are.
 */
export async function readOmeWords(
  descriptions: readonly string[],
  pages: Pages,
  { name, sibling }: Beside,
): Promise<OmeWords> {
  for (const description of descriptions) {
    const root = parseOme(description);
    if (root === undefined) continue;
    const own = name === undefined ? {} : { name };
    const target = wordsElsewhere(root);
    if (target === undefined) return { arrangement: arrangeOme(root, pages.planes, pages, own), root };
    const note = (why: string) => ({ note: `its OME-XML is in ${baseName(target)}, ${why}: read on its own` });
    if (sibling === undefined) return note('another file');
    try {
      const words = await wordsIn(baseName(target), sibling);
      if (words === undefined) return note('which is not beside it');
      const file = { ...own, uuid: root.attributes.UUID, elsewhere: true };
      return { arrangement: arrangeOme(words, pages.planes, pages, file), root: words };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return note(`which does not help (${error.advice.why})`);
    }
  }
  return {};
}

/** The OME element of the file of this name, undefined where there is no such file. Throws where it has none. */
async function wordsIn(name: string, sibling: NonNullable<Beside['sibling']>): Promise<XmlElement | undefined> {
  const source = await sibling(name);
  if (source === undefined) return undefined;
  try {
    for (const description of await descriptionsOf(source)) {
      const root = parseOme(description);
      if (root !== undefined) return root;
    }
  } finally {
    await source[Symbol.asyncDispose]();
  }
  throw new Failure('imageUnsupported', { feature: 'it has no OME-XML' });
}

/** Those of a TIFF's first directory, or all of a companion file, which is plain XML. */
async function descriptionsOf(source: ByteSource): Promise<string[]> {
  const window = windowOver(source);
  const limit = (bytes: number) => {
    if (bytes > mostOmeBytes) throw new Failure('imageUnsupported', { feature: `its words have ${bytes} bytes` });
  };
  // XML starts with `<` or a byte order mark
  if (source.size > 0 && [0x3c, 0xef, 0xfe, 0xff, 0].includes((await source.read(0, 1))[0]!)) {
    limit(source.size);
    return [decodeText(await source.read(0, source.size))];
  }
  const { first, ...format } = await readHeader(window);
  const { fields, repeated } = await readDirectory(window, format, first);
  const all = [fields.get(tag.imageDescription), ...repeated].filter(
    (field): field is Field => field?.tag === tag.imageDescription,
  );
  limit(all.reduce((sum, { count }) => sum + count, 0));
  const descriptions: string[] = [];
  for (const field of all) descriptions.push(await text(window, field));
  return descriptions;
}
