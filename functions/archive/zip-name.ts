import { type Entry, getFileNameLowLevel } from 'yauzl';

declare module 'yauzl' {
  /** Exported by yauzl 3, absent from its types. */
  export function getFileNameLowLevel(
    flags: number,
    rawName: Buffer,
    extraFields: readonly ExtraField[],
    strict: boolean,
  ): string;
}

const utf8Flag = 0x800;
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function utf8(raw: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(raw);
  } catch {
    return undefined; // the question was whether it is UTF-8
  }
}

/**
 * The name of an entry, with `/` between folders (some Windows tools write `\`) and without the `./` that tar-like tools
 * put in front, or undefined when it is marked as UTF-8 and is not. In order: Info-ZIP's unicode path field where its checksum fits the name (APPNOTE 4.6.9), UTF-8
 * where marked or valid (macOS writes UTF-8 without the mark, and text in CP437 is hardly ever valid UTF-8), CP437.
 */
export function entryName({
  fileNameRaw,
  extraFields,
  generalPurposeBitFlag: flags,
}: Pick<Entry, 'fileNameRaw' | 'extraFields' | 'generalPurposeBitFlag'>): string | undefined {
  const unicodePaths = extraFields.filter((field) => field.id === 0x7075 && utf8(field.data.subarray(5)) !== undefined);
  const plain = utf8(fileNameRaw);
  if (unicodePaths.length === 0 && plain === undefined && (flags & utf8Flag) !== 0) return undefined;
  const name = getFileNameLowLevel(plain === undefined ? 0 : utf8Flag, fileNameRaw, unicodePaths, false);
  return name.replace(/^(\.\/)+/, '');
}
