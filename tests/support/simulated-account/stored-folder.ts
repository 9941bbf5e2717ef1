import { crc32 } from 'node:zlib';
import { zipStream } from '../../../functions/archive/zip-writer.ts';
import {
  downloadRef,
  inputRef,
  type JobRef,
  type ResultKind,
  resultRef,
  uploadRef,
} from '../../../functions/core/object-keys.ts';
import { fileSummary } from '../../../functions/core/summary.ts';
import { finishAndAdvance } from '../../../functions/jobs/advance.ts';
import type { JobStore } from '../../../functions/ports/job-store.ts';
import type { ObjectStore } from '../../../functions/ports/object-store.ts';
import { unpack } from '../../../functions/stages/unzip/unpack.ts';
import { packageResults } from '../../../functions/stages/zip/package.ts';
import { noise } from '../bytes.ts';
import { stageWorld } from '../stage-world.ts';
import type { Traffic } from './s3-traffic.ts';
import type { S3World } from './s3-world.ts';

export interface StoredFolder {
  images: number;
  /** Of each image, and of the labels that are its result. */
  imageBytes: number;
  /** Of each preview, and of each table of measurements. */
  previewBytes: number;
  measurementsBytes: number;
}

const pathOf = (i: number): string => `plate 1/Größe ${String(i).padStart(4, '0')}.tif`;

/** A zip of images that are stored in it as they are, as cameras' files are zipped. */
async function putArchive(objects: ObjectStore, job: JobRef, { images, imageBytes }: StoredFolder): Promise<void> {
  function* items() {
    for (let i = 0; i < images; i++) {
      const data = noise(imageBytes, i);
      const read = async function* () {
        yield data;
      };
      yield { name: pathOf(i), bytes: data.length, crc32: crc32(data), read };
    }
  }
  await objects.put(uploadRef(job, 'folder.zip'), zipStream(items()));
}

/** What predict writes of image `i`; its labels are as large as the image and have its bytes. */
async function predicted(objects: ObjectStore, job: JobRef, folder: StoredFolder, i: number): Promise<void> {
  const path = pathOf(i);
  const { bytes } = await objects.compose(resultRef(job, path, 'labels.tif'), [{ from: inputRef(job, path) }]);
  const small: [ResultKind, Buffer][] = [
    ['preview.png', noise(folder.previewBytes, i)],
    ['measurements.csv', Buffer.from('1,2.5\r\n'.repeat(folder.measurementsBytes / 7))],
  ];
  for (const [kind, data] of small) await objects.put(resultRef(job, path, kind), data);
  const summary = fileSummary.parse({
    ...{ path, sha256: '0'.repeat(64), bytes, height: 1, width: 1, samples: 1, type: 'uint16' },
    ...{ positions: 1, times: 1, depths: 1, channels: 1, channel: { index: 0 }, objects: 0 },
    model: { name: 'none', version: '0', sha256: '0'.repeat(64), definition: '0'.repeat(64) },
    settings: { probabilities: false },
    outputs: [{ kind: 'labels.tif', bytes }, ...small.map(([kind, data]) => ({ kind, bytes: data.length }))],
  });
  await objects.put(resultRef(job, path, 'summary.json'), Buffer.from(JSON.stringify(summary)));
}

/** Takes a folder through unzip and zip in S3 and tells what crossed each. `zip`: the result, in the job's downloads. */
export async function passStoredFolder(
  { store: objects, take }: S3World,
  folder: StoredFolder,
): Promise<{
  unzip: Traffic;
  zip: Traffic;
  job: JobRef;
  target: ReturnType<typeof downloadRef>;
  jobs: JobStore;
}> {
  const world = { ...(await stageWorld()), objects };
  const { job, jobs } = world;
  await putArchive(objects, job, folder);
  await jobs.submit(job);
  take();
  const unpacked = await unpack({ ...job, archive: 'folder.zip' }, world);
  const unzip = take();
  if (typeof unpacked === 'string' || 'failed' in unpacked || unpacked.written !== folder.images)
    throw new Error(`unpacked ${JSON.stringify(unpacked)}`);
  for (let i = 0; i < folder.images; i++) {
    await predicted(objects, job, folder, i);
    await finishAndAdvance(job, pathOf(i), { state: 'done' }, world);
  }
  const { generation } = (await jobs.get(job))!;
  take();
  const packaged = await packageResults({ ...job, generation }, { ...world, version: '0.0.0' });
  const zip = take();
  if (typeof packaged === 'string' || 'failed' in packaged) throw new Error(`packaged ${JSON.stringify(packaged)}`);
  return { unzip, zip, job, target: downloadRef({ ...job, generation }), jobs };
}
