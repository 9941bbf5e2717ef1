import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import type { ZipItem } from '../../archive/zip-writer.ts';
import { Failure } from '../../core/errors.ts';
import { type JobRef, jobPrefix, type ObjectRef, type RoundRef, resultRef, tableRef } from '../../core/object-keys.ts';
import { outputName } from '../../core/output-names.ts';
import { allObjects } from '../../object-streams/all-pages.ts';
import { objectChunks } from '../../object-streams/object-chunks.ts';
import type { ObjectHead, ObjectStore, Part } from '../../ports/object-store.ts';
import type { Reported } from './tables.ts';
import { tablesOf } from './tables-of.ts';

/** One file of the zip: an object, or what is made for it. */
export type Content =
  | {
      name: string;
      ref: ObjectRef;
      /** As predict's summary says; the tables' own are only in the listing. */
      bytes?: number;
    }
  | { name: string; data: string | Uint8Array };

/** In order of their names (UTF-16 units), so that two runs agree. */
export function contents(round: RoundRef, reported: Reported, plots: readonly Content[]): Content[] {
  const { files } = reported;
  const wanted: Content[] = tablesOf(reported).map((name) => ({ name, ref: tableRef(round, name) }));
  wanted.push(...plots);
  for (const report of files) {
    if (report.state !== 'done') continue;
    const { path, outputs } = report.summary;
    for (const { kind, bytes } of outputs)
      wanted.push({ name: outputName(report.stem, kind), ref: resultRef(round, path, kind), bytes });
  }
  return wanted.sort((a, b) => (a.name < b.name ? -1 : 1));
}

export async function listResults(job: JobRef, objects: ObjectStore): Promise<Map<string, ObjectHead>> {
  const heads = new Map<string, ObjectHead>();
  for await (const { key, ...head } of allObjects(objects, 'results', jobPrefix(job))) heads.set(key, head);
  return heads;
}

/** Up to here a remote object's bytes come with one request, which its checksum alone would take too. */
const fetchedBytes = 1024 * 1024;

/** Images do not get smaller; text does. */
const isText = (name: string): boolean => /\.(csv|json|svg)$/.test(name);

/** Of a store that copies by itself, small objects come at once and the others stay where they are. Throws `objectMissing`, `objectCorrupt`. */
export async function zipItem(
  content: Content,
  heads: ReadonlyMap<string, ObjectHead>,
  objects: ObjectStore,
): Promise<ResultItem> {
  if ('data' in content) return ownItem(content);
  const { name, ref, bytes: written } = content;
  const listed = heads.get(ref.key);
  const fetched = objects.copiesFrom !== undefined && listed !== undefined && listed.bytes <= fetchedBytes;
  const isChecked = !isText(name) && !fetched;
  // Some objects are kept where no list sees them, some lists know no checksum, some stores know none.
  const head = listed === undefined || (isChecked && listed.crc32 === undefined) ? await objects.head(ref) : listed;
  if (head === undefined) throw new Failure('objectMissing', { key: ref.key });
  const { bytes } = head;
  if (written !== undefined && bytes !== written)
    throw new Failure('objectCorrupt', { key: ref.key, detail: `it has ${bytes} bytes, ${written} were written` });
  if (fetched) {
    const data = await buffer(await objects.get(ref));
    const read = () => Readable.from([data], { objectMode: false });
    return { name, ref, bytes, read, ...(!isText(name) && { crc32: crc32(data) }) };
  }
  const read = () => objectChunks(objects, ref);
  if (isText(name)) return { name, ref, bytes, read };
  return { name, ref, bytes, crc32: head.crc32 ?? (await crc32Of(ref, objects)), read };
}

async function crc32Of(ref: ObjectRef, objects: ObjectStore): Promise<number> {
  let checksum = 0;
  for await (const chunk of objectChunks(objects, ref)) checksum = crc32(chunk, checksum);
  return checksum;
}

export interface ResultItem extends ZipItem {
  /** Absent of what is made for the zip, which is deflated and never copied. */
  ref?: ObjectRef;
}

function ownItem({ name, data }: Extract<Content, { data: unknown }>): ResultItem {
  const bytes = Buffer.from(data as string); // strings and bytes alike
  return { name, bytes: bytes.length, read: () => Readable.from([bytes], { objectMode: false }) };
}

/** The whole object, held against the checksum that the zip states. */
export const partOf = ({ ref, bytes, crc32 }: ResultItem): Part => ({
  from: ref!,
  range: { start: 0, end: bytes },
  ...(crc32 !== undefined && { crc32 }),
});
