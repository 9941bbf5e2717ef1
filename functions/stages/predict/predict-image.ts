import { createHash } from 'node:crypto';
import { csvRow } from '../../core/csv.ts';
import type { JobSettings } from '../../core/job.ts';
import { inputRef, type ResultKind, resultRef } from '../../core/keys.ts';
import type { PredictMessage } from '../../core/messages.ts';
import type { FileSummary } from '../../core/summary.ts';
import type { Image, ImageInfo, Plane } from '../../image/image.ts';
import { openImage } from '../../image/tiff/image.ts';
import { writeTiff } from '../../image/tiff/writer.ts';
import { objectSource } from '../../ports/object-source.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Maps, Measurements, Segmentation } from '../../ports/predictor.ts';
import { type ChannelChoice, chooseChannel, readChosen } from './channel.ts';
import { inOrder } from './in-order.ts';
import { type Place, placesOf } from './places.ts';
import type { ImageServices } from './services.ts';
import { type Sink, sink } from './sink.ts';

/** One plane's outcome, on its way to the result files. */
interface Predicted {
  place: Place;
  /** Only where they are written too: they are the largest part of a plane's memory. */
  maps?: Maps;
  segmentation: Segmentation;
}

/** Predicts every plane of one image and writes all its results, the summary last. */
export async function predictImage(
  message: PredictMessage,
  settings: JobSettings,
  services: ImageServices,
): Promise<FileSummary> {
  const { objects, engine, input } = services;
  await using source = await objectSource(objects, inputRef(message, message.path));
  const image = await openImage(source, { shared: true }); // for the worker threads, without a copy
  const choice = chooseChannel(image.info, input, settings.channel);
  const sha256 = await sha256Of(objects, message);
  let written: Written;
  try {
    written = await writePlanes(message, image, choice, 'uint16', settings, services);
  } catch (error) {
    if (!(error instanceof TooManyLabels)) throw error;
    written = await writePlanes(message, image, choice, 'uint32', settings, services);
  }
  const { info } = image;
  const summary: FileSummary = {
    path: message.path,
    sha256,
    bytes: source.size,
    height: info.height,
    width: info.width,
    samples: info.samples,
    type: info.type,
    positions: info.positions,
    times: info.times,
    depths: info.depths,
    channels: info.channels,
    channel: { index: choice.indices[0]!, ...(choice.name !== undefined && { name: choice.name }) },
    ...(info.pixelSize && { pixelSize: info.pixelSize }),
    ...(info.timeStep !== undefined && { timeStep: info.timeStep }),
    objects: written.objects,
    ...(written.objects > 0 && { meanAreaPx: written.areaPx / written.objects }),
    model: { ...engine.model },
    settings: {
      ...(settings.channel !== undefined && { channel: settings.channel }),
      probabilities: settings.probabilities ?? false,
    },
    outputs: written.outputs,
  };
  await objects.put(
    resultRef(message, message.path, 'summary.json'),
    Buffer.from(`${JSON.stringify(summary, null, 2)}\n`),
  );
  return summary;
}

interface Written {
  objects: number;
  areaPx: number;
  outputs: FileSummary['outputs'];
}

/** A plane has more objects than uint16 labels can name: the image is written again with uint32. */
class TooManyLabels extends Error {}

/** Streams labels, measurements and probabilities plane by plane; on any failure none of them replaces an older result. */
async function writePlanes(
  message: PredictMessage,
  image: Image,
  choice: ChannelChoice,
  labelType: 'uint16' | 'uint32',
  settings: JobSettings,
  services: ImageServices,
): Promise<Written> {
  const { objects } = services;
  const { info } = image;
  const places = [...placesOf(info)];
  const outputs: FileSummary['outputs'] = [];
  const into = <T>(kind: ResultKind, encode: (items: AsyncIterable<T>) => AsyncIterable<Uint8Array>): Sink<T> =>
    sink<T>(async (items) => {
      const { bytes } = await objects.put(resultRef(message, message.path, kind), encode(items));
      outputs.push({ kind, bytes });
    });
  const outcome = { ...info, samples: 1, channels: 1, channelNames: [undefined] };
  const labels = into<Plane>('labels.tif', (planes) => writeTiff({ ...outcome, type: labelType }, planes));
  const rows = into<string>('measurements.csv', encodeText);
  const probabilities =
    settings.probabilities === true ? into<Maps>('prob.tif', (maps) => writeProbabilities(outcome, maps)) : undefined;
  const sinks: Sink<never>[] = [labels, rows, ...(probabilities ? [probabilities] : [])];
  const previewPlace = places[Math.floor(places.length / 2)]!; // the middle of a stack shows most of it
  const held = new Map<Place, () => void>(); // memory of planes that are worked on or wait to be written
  let total = 0;
  let areaPx = 0;
  let written = 0;
  try {
    let header = true;
    const predicted = inOrder(places, services.planesAhead, async (place) => {
      held.set(place, await services.admit(services.engine.memoryBytes(info.height, info.width)));
      const kept = await predictPlane(image, place, choice, place === previewPlace, services);
      return probabilities === undefined ? { place: kept.place, segmentation: kept.segmentation } : kept;
    });
    for await (const { place, maps, segmentation } of predicted) {
      const { height, width } = info;
      if (labelType === 'uint16' && segmentation.count > 65_535) throw new TooManyLabels();
      const data = labelType === 'uint16' ? Uint16Array.from(segmentation.labels) : segmentation.labels;
      await labels.write({ height, width, samples: 1, type: labelType, data });
      await rows.write(measurementRows(place, segmentation.measurements, header));
      if (maps !== undefined) await probabilities?.write(maps);
      if (place === previewPlace) {
        const { bytes } = await objects.put(resultRef(message, message.path, 'preview.png'), segmentation.preview);
        outputs.push({ kind: 'preview.png', bytes });
      }
      header = false;
      total += segmentation.count;
      areaPx += (segmentation.measurements.area_px ?? new Float64Array()).reduce((sum, area) => sum + area, 0);
      held.get(place)?.();
      held.delete(place);
      services.onPlane?.(++written, places.length);
    }
    for (const each of sinks) await each.end();
  } catch (error) {
    await Promise.all(sinks.map((each) => each.abort(error instanceof Error ? error : new Error(String(error)))));
    throw error;
  } finally {
    for (const release of held.values()) release();
  }
  return { objects: total, areaPx, outputs: outputs.sort((a, b) => (a.kind < b.kind ? -1 : 1)) };
}

async function predictPlane(
  image: Image,
  place: Place,
  choice: ChannelChoice,
  preview: boolean,
  { engine, signal }: ImageServices,
): Promise<Predicted> {
  const { pixelSize } = image.info;
  const planes = await readChosen(image, place, choice);
  const maps = await engine.predict(planes, signal);
  const segmentation = await engine.segment(planes[0]!, maps, { ...(pixelSize && { pixelSize }), preview }, signal);
  return { place, maps, segmentation };
}

/** Rows of one plane: where it stands, then its objects' values in the order of labels. */
function measurementRows({ position, time, depth }: Place, measurements: Measurements, header: boolean): string {
  const columns = Object.entries(measurements);
  const lines = header ? [csvRow(['position', 'time', 'depth', ...columns.map(([name]) => name)])] : [];
  const count = columns[0]?.[1].length ?? 0;
  for (let i = 0; i < count; i++)
    lines.push(csvRow([position, time, depth, ...columns.map(([, values]) => values[i])]));
  return lines.join('');
}

async function* encodeText(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const text of texts) if (text !== '') yield Buffer.from(text);
}

/** The model's maps as a float32 image: its channels are the maps. */
async function* writeProbabilities(info: ImageInfo, maps: AsyncIterable<Maps>): AsyncGenerator<Uint8Array> {
  const iterator = maps[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done === true) return;
  async function* planes() {
    for (let next = first; next.done !== true; next = await iterator.next()) {
      const { height, width, data } = next.value as Maps;
      for (const map of data) yield { height, width, samples: 1, type: 'float32' as const, data: map };
    }
  }
  const { names } = first.value as Maps;
  yield* writeTiff({ ...info, type: 'float32', channels: names.length, channelNames: names }, planes());
}

/** Of the input as it was sent, read as a stream. */
export async function sha256Of(objects: ObjectStore, message: PredictMessage): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of await objects.get(inputRef(message, message.path))) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}
