import { basename } from 'node:path';
import { acceptedLabels, acceptedMask, type DataSetImage, type DataSetRef } from '../../core/data-set.ts';
import type { EditPlane } from '../../core/edits.ts';
import { withoutImageEnding } from '../../core/image-names.ts';
import type { Job } from '../../core/job.ts';
import { dataSetRef, inputRef, type ObjectRef, resultRef } from '../../core/object-keys.ts';
import { isProjection, usualPlaneMode } from '../../core/plane-mode.ts';
import { type FileSummary, fileSummary } from '../../core/summary.ts';
import type { Image, Plane } from '../../image/image.ts';
import { projected } from '../../image/projection.ts';
import { writeTiff } from '../../image/tiff/writer.ts';
import { acceptedPlanes } from '../../jobs/accepted-planes.ts';
import { editLog } from '../../jobs/edit-log.ts';
import { objectSource } from '../../object-streams/object-source.ts';
import { readJson } from '../../object-streams/read-object.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { chooseChannel, readChosen } from '../predict/channel.ts';
import { givenObjects } from '../predict/given-objects.ts';
import type { PredictServices } from '../predict/services.ts';
import { siblingInJob } from '../predict/sibling-in-job.ts';

export interface CopyServices {
  objects: ObjectStore;
  jobs: JobStore;
  reading: { openImage: NonNullable<PredictServices['openImage']> };
}

/** Characters of an image's name that its planes are called by. */
const longestName = 60;

/**
 * Copies each plane of an image that has accepted regions into a data set, as the model gets it, with its labels as they are
 * corrected: whole planes, as models bring values to a scale by the whole plane. Undefined where nothing is accepted.
 */
export async function copyAccepted(
  dataSet: DataSetRef,
  { job, path }: { job: Job; path: string },
  services: CopyServices,
): Promise<Omit<DataSetImage, 'addedAt'> | undefined> {
  const { objects } = services;
  const ref = { owner: job.owner, id: job.id, path };
  const entries = await editLog(objects).all(ref);
  const accepted = acceptedPlanes(entries);
  if (accepted.length === 0) return undefined;
  const summary = fileSummary.parse(await readJson(objects, resultRef(ref, path, 'summary.json')));
  await using given = await givenObjects(ref, entries, summary, objects);
  await using opened = await openInput(job, path, services);
  const choice = choiceOf(opened.image, summary);
  const found = { planes: [] as string[], objects: 0 };
  for (const { plane, regions } of accepted) {
    const mask = acceptedMask(summary, regions);
    if (!mask.includes(1)) continue;
    const made = acceptedLabels((await given.planeOf(plane)).map, mask);
    const [pixels] = await readChosen(opened.image, plane, choice);
    const name = planeName(path, summary.sha256, accepted.length > 1 ? plane : undefined);
    const { height, width } = pixels!;
    await put(objects, dataSetRef(dataSet, 'images', name), writablePlane(pixels!), opened.image);
    const labels: Plane = { height, width, samples: 1, type: 'int32', data: made.labels };
    await put(objects, dataSetRef(dataSet, 'labels', name), labels, opened.image);
    found.planes.push(name);
    found.objects += made.objects;
  }
  if (found.planes.length === 0) return undefined;
  return { source: summary.sha256, job: job.id, path, revision: entries.at(-1)!.revision, ...found };
}

/** The image as its job predicted it: with its axes, and projected where its planes were. */
async function openInput(
  job: Job,
  path: string,
  { objects, jobs, reading }: CopyServices,
): Promise<{ image: Image } & AsyncDisposable> {
  await using parts = new AsyncDisposableStack();
  const message = { owner: job.owner, id: job.id, path };
  const source = parts.use(await objectSource(objects, inputRef(message, path)));
  const sibling = siblingInJob({ objects, jobs }, job);
  const { axes, planes: mode = usualPlaneMode } = job.settings;
  const opened = parts.use(
    await reading.openImage(source, {
      name: basename(path),
      sibling: (name) => sibling(message, name),
      ...(axes !== undefined && { axes }),
    }),
  );
  const image = isProjection(mode) && opened.info.depths > 1 ? projected(opened, mode) : opened;
  const open = parts.move();
  return { image, [Symbol.asyncDispose]: () => open[Symbol.asyncDispose]() };
}

/** The channel that was predicted, or grey where that was made of colours. */
const choiceOf = (image: Image, { channel, samples }: FileSummary) => {
  const isGrey = samples > 1 && channel.name === 'grey of RGB';
  return chooseChannel(image.info, { channelCount: 1, rgb: 'grey' }, isGrey ? undefined : channel.index);
};

/** Tells images of one name apart by their bytes; a person recognises them. */
function planeName(path: string, source: string, plane: EditPlane | undefined): string {
  const stem = withoutImageEnding(basename(path)).slice(0, longestName);
  const of = plane === undefined ? '' : `-${plane.position}-${plane.time}-${plane.depth}`;
  return `${stem}-${source.slice(0, 8)}${of}`;
}

/** Types that no TIFF is written of become float32. */
function writablePlane(plane: Plane): Plane {
  if (['uint8', 'uint16', 'uint32', 'int32', 'float32'].includes(plane.type)) return plane;
  return { ...plane, type: 'float32', data: Float32Array.from(plane.data as ArrayLike<number | bigint>, Number) };
}

async function put(objects: ObjectStore, ref: ObjectRef, plane: Plane, { info }: Image): Promise<void> {
  const { height, width, type } = plane;
  const { pixelSize } = info;
  const counts = { positions: 1, times: 1, depths: 1, channels: 1, channelNames: [undefined] };
  const written = { height, width, samples: 1, type, ...counts, ...(pixelSize !== undefined && { pixelSize }) };
  await objects.put(ref, writeTiff(written, [plane]));
}
