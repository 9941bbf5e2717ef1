import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { editedLabels, firstNewObject, isOfPlane } from '../../functions/core/edited-labels.ts';
import type { EditOperation, EditPlane } from '../../functions/core/edits.ts';
import { labelDifference, unusedObject } from '../../functions/core/label-difference.ts';
import { ulid } from '../../functions/core/ulid.ts';
import { openFileSource } from '../../functions/image/file-source.ts';
import { openImage } from '../../functions/image/tiff/image.ts';
import { UserError } from '../errors.ts';
import { openCorrectedLabels } from './corrected-labels.ts';
import { fetchDownload } from './download.ts';
import type { ServiceClient } from './service-client.ts';

/** What one call stores at most; the service takes bodies of 1 MB. */
const mostOperations = 100;
const mostBytes = 900_000;

interface Import {
  /** Id of the job. */
  job: string;
  /** Path of the image. */
  image: string;
  file: string;
}

/**
 * Makes the labels of an image those of a file: stores what differs as corrections. Returns how many objects get or lose
 * pixels. Throws `labelsMisfit`, before anything is stored, and ServiceError.
 */
export async function importLabels(
  { job, image, file }: Import,
  client: ServiceClient,
  signal: AbortSignal,
): Promise<number> {
  const params = { id: job };
  const folder = await mkdtemp(join(tmpdir(), 'labdeploy-'));
  try {
    const label = async () => {
      const { files } = await client.call('showResults', { params, query: { path: image } });
      const found = files.find(({ kind }) => kind === 'labels.tif');
      if (found === undefined) throw new UserError('labelsMisfit', { file, why: `${image} has no labels` });
      return found;
    };
    const stored = join(folder, 'labels.tif');
    await fetchDownload(label, stored, signal);
    const log = await readLog(job, image, client);
    await using source = await openFileSource(stored);
    const labels = await openImage(source);
    await using wanted = await openCorrectedLabels(file, labels.info);
    const operations: EditOperation[] = [];
    for (const plane of planesOf(labels.info)) {
      signal.throwIfAborted();
      const { data, height, width } = await labels.readPlane({ ...plane, channel: 0 });
      const current = editedLabels({ height, width, labels: Uint32Array.from(data as Uint32Array) });
      for (const operation of log.operations) if (isOfPlane(operation, plane)) current.apply(operation);
      const newObject = unusedObject(current.plane, () => firstNewObject + (randomNumber() >>> 1));
      for (const each of labelDifference(current.plane, await wanted.planeOf(plane), newObject))
        operations.push({ ...each, id: newId(), plane, tool: 'import' });
    }
    await store({ job, image, after: log.revision }, operations, client);
    return new Set(operations.flatMap((each) => (each.do === 'set' && each.to > 0 ? [each.to] : []))).size;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function* planesOf(size: { positions: number; times: number; depths: number }): Generator<EditPlane> {
  for (let position = 0; position < size.positions; position++)
    for (let time = 0; time < size.times; time++)
      for (let depth = 0; depth < size.depths; depth++) yield { position, time, depth };
}

async function readLog(
  job: string,
  path: string,
  client: ServiceClient,
): Promise<{ revision: number; operations: EditOperation[] }> {
  const operations: EditOperation[] = [];
  let revision = 0;
  for (let more = true; more; ) {
    const page = await client.call('listEdits', { params: { id: job }, query: { path, after: String(revision) } });
    operations.push(...page.entries.flatMap((entry) => entry.operations));
    ({ revision, more } = page);
  }
  return { revision, operations };
}

async function store(
  { job, image, after }: { job: string; image: string; after: number },
  operations: readonly EditOperation[],
  client: ServiceClient,
): Promise<void> {
  let revision = after;
  for (let from = 0; from < operations.length; ) {
    const part: EditOperation[] = [];
    let bytes = 0;
    for (const operation of operations.slice(from, from + mostOperations)) {
      bytes += JSON.stringify(operation).length;
      if (part.length > 0 && bytes > mostBytes) break;
      part.push(operation);
    }
    const body = { path: image, after: revision, operations: part };
    ({ revision } = await client.call('addEdits', { params: { id: job }, body }));
    from += part.length;
  }
}

const randomNumber = (): number => crypto.getRandomValues(new Uint32Array(1))[0]!;
const newId = (): string => ulid(Date.now(), crypto.getRandomValues(new Uint8Array(16)));
