import type { Plane } from '../../../functions/image/image.ts';
import type { Region, RegionImage } from '../../../functions/image/tiff/regions.ts';
import { chosenSettings } from '../../../functions/model/instances/chosen-settings.ts';
import { foregroundInstances } from '../../../functions/model/instances/foreground.ts';
import type { ObjectChoices } from '../../../functions/ports/predictor.ts';
import type { Found, ModelSettings, PlaneChoice } from '../messages.ts';

/** Values of all maps of one plane that are held: 128 MB. Two maps of 16 megapixels. */
const mostValues = 1 << 25;

/** A label image that is made of a model's maps, again and again as its settings are chosen. */
export interface FoundObjects extends RegionImage {
  /** From now on the labels are of these choices. */
  find(plane: PlaneChoice, choices: ObjectChoices): Promise<Found>;
}

interface Labelled extends Found {
  labels: Uint32Array;
}

/** `maps`: as the service keeps them, a channel each; they and the labels of one plane are held. Throws in words where they are too large. */
export function foundObjects(maps: RegionImage, settings: ModelSettings): FoundObjects {
  const { height, width, channels, channelNames } = maps.info;
  if (height * width * channels > mostValues)
    throw new Error(
      `${channels} maps of ${width} × ${height} pixels are too much to try settings on; crop the image, or choose a smaller one`,
    );
  const names = Array.from({ length: channels }, (_, i) => channelNames[i] ?? String(i));
  let choices: ObjectChoices = {};
  let held: { key: string; data: Promise<Float32Array[]> } | undefined;
  let labelled: { key: string; labels: Promise<Labelled> } | undefined;

  const mapsOf = (plane: PlaneChoice): Promise<Float32Array[]> => {
    const key = JSON.stringify(plane);
    if (held?.key !== key) {
      labelled = undefined;
      held = { key, data: readMaps(maps, plane) };
      held.data.catch(() => {
        held = undefined; // tried again when it is wanted again
      });
    }
    return held.data;
  };
  const labelsOf = (plane: PlaneChoice): Promise<Labelled> => {
    const key = JSON.stringify([plane, choices]);
    if (labelled?.key === key) return labelled.labels;
    const find = async (chosen: ObjectChoices): Promise<Labelled> => {
      const data = await mapsOf(plane);
      const started = performance.now();
      const { labels, count } = foregroundInstances({ names, data, height, width }, chosenSettings(settings, chosen));
      return { labels, count, milliseconds: performance.now() - started };
    };
    const labels = find(choices);
    labels.catch(() => {
      labelled = undefined;
    });
    labelled = { key, labels };
    return labels;
  };

  return {
    info: { ...maps.info, type: 'uint32', channels: 1, channelNames: [undefined] },
    notes: [],
    release: maps.release,
    levels: [{ height, width, reduction: 1, segmentHeight: height, segmentWidth: width }],
    async readRegion({ position, time, depth }, _level, region) {
      const { labels } = await labelsOf({ position, time, depth });
      return cut(labels, width, region);
    },
    async find(plane, next) {
      choices = next;
      const { count, milliseconds } = await labelsOf(plane);
      return { count, milliseconds };
    },
  };
}

const readMaps = ({ info, readRegion }: RegionImage, plane: PlaneChoice): Promise<Float32Array[]> =>
  Promise.all(
    Array.from({ length: info.channels }, async (_, channel) => {
      const whole = { left: 0, top: 0, width: info.width, height: info.height };
      const { data } = await readRegion({ ...plane, channel }, 0, whole);
      return data instanceof Float32Array ? data : Float32Array.from(data, Number);
    }),
  );

/** Labels of a part of a plane whose rows have `stride` pixels. */
export function cut(labels: Uint32Array, stride: number, { left, top, width, height }: Region): Plane {
  const data = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = (top + y) * stride + left;
    data.set(labels.subarray(from, from + width), y * width);
  }
  return { height, width, samples: 1, type: 'uint32', data };
}
