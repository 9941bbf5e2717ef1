import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unknownLabel } from '../../functions/core/data-set.ts';
import { featureNames, reach } from '../../functions/forest/filter-graph.ts';
import { randomFrom } from '../../functions/forest/random.ts';
import type { Samples } from '../../functions/forest/random-forest.ts';
import type { Engine } from '../../functions/model/engine/engine.ts';
import type { LabelledImage } from './labelled-images.ts';

/** Pixels of each class that are trained on, of all planes together, and of one at least. */
const [ofClass, ofPlane] = [8000, 50];
/** Side of a window, px, and windows of one plane at most: features of a whole large plane would take gigabytes. */
const [windowSide, mostWindows] = [512, 8];

/** Background, inside of an object, and its pixels beside others. */
const classCount = 3;
/** Of pixels that nobody labelled: none is drawn. */
const unknownClass = classCount;

/** As the package normalises a plane: its percentiles 1 and 99.8 become 0 and 1 (BioImage.IO scale_range). */
export const normalisation = { min_percentile: 1, max_percentile: 99.8, eps: 1e-6 };

/** Draws pixels of the planes, as many of each class where there are so many. `engine` gives the features of a normalised plane. */
export async function samplePixels(
  images: readonly LabelledImage[],
  { engine, folder, seed, signal }: { engine: Engine; folder: string; seed: number; signal: AbortSignal },
): Promise<Samples> {
  const planes = images.flatMap((image) => image.planes);
  const quota = Math.max(ofPlane, Math.ceil(ofClass / planes.length));
  const random = randomFrom(seed);
  const [features, classes]: [number[], number[]] = [[], []];
  for (const { image, labels, shape } of planes) {
    const size = { height: shape[0], width: shape[1] };
    const values = normalised(new Float32Array(await bytesOf(join(folder, image))));
    const own = classesOf(new Int32Array(await bytesOf(join(folder, labels))), size);
    const windows = shuffled(windowsOf(size), random).slice(0, mostWindows);
    const ofWindow = Math.ceil(quota / windows.length);
    for (const window of windows) {
      const part = withMargin(window, size);
      const data = cropped(values, size, part);
      const plane = { ...sizeOf(part), samples: 1, type: 'float32' as const, data };
      const maps = await engine.predict([plane], signal);
      for (const pixel of drawnPixels(own, { window, size, count: ofWindow }, random)) {
        const [y, x] = [Math.floor(pixel / size.width), pixel % size.width];
        const at = (y - part.top) * plane.width + (x - part.left);
        for (const map of maps.data) features.push(map[at]!);
        classes.push(own[pixel]!);
      }
    }
  }
  return {
    features: Float32Array.from(features),
    classes: Uint8Array.from(classes),
    featureCount: featureNames.length,
    classCount,
  };
}

async function bytesOf(file: string): Promise<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = await readFile(file);
  return (buffer as ArrayBuffer).slice(byteOffset, byteOffset + byteLength);
}

/** Percentiles with linear interpolation, in float64, as the engine computes them. */
function normalised(values: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  const sorted = values.slice().sort();
  const percentile = (percent: number): number => {
    const at = (percent / 100) * (sorted.length - 1);
    const low = Math.floor(at);
    const next = sorted[Math.min(low + 1, sorted.length - 1)]!;
    return sorted[low]! + (next - sorted[low]!) * (at - low);
  };
  const [low, high] = [percentile(normalisation.min_percentile), percentile(normalisation.max_percentile)];
  return values.map((value) => (value - low) / (high - low + normalisation.eps));
}

const classOfNone = (label: number): number => (label === unknownLabel ? unknownClass : 0);

interface Size {
  height: number;
  width: number;
}

/** 0 background, 1 inside, 2 where one of the four neighbours is in another object or in none, `unknownClass` of unknown pixels. */
function classesOf(labels: Int32Array, { height, width }: Size): Uint8Array {
  const classes = new Uint8Array(labels.length);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      const label = labels[i]!;
      if (label <= 0) {
        classes[i] = classOfNone(label);
        continue;
      }
      const inner =
        (y === 0 || labels[i - width] === label) &&
        (y === height - 1 || labels[i + width] === label) &&
        (x === 0 || labels[i - 1] === label) &&
        (x === width - 1 || labels[i + 1] === label);
      classes[i] = inner ? 1 : 2;
    }
  return classes;
}

/** A part of a plane, px: [top, bottom) by [left, right). */
interface Part {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

const sizeOf = ({ top, bottom, left, right }: Part): Size => ({ height: bottom - top, width: right - left });

function windowsOf({ height, width }: Size): Part[] {
  const windows: Part[] = [];
  for (let top = 0; top < height; top += windowSide)
    for (let left = 0; left < width; left += windowSide)
      windows.push({
        top,
        left,
        bottom: Math.min(height, top + windowSide),
        right: Math.min(width, left + windowSide),
      });
  return windows;
}

/** With all that the features of its pixels depend on. */
const withMargin = ({ top, bottom, left, right }: Part, { height, width }: Size): Part => ({
  top: Math.max(0, top - reach),
  left: Math.max(0, left - reach),
  bottom: Math.min(height, bottom + reach),
  right: Math.min(width, right + reach),
});

function cropped(values: Float32Array, { width }: Size, { top, bottom, left, right }: Part): Float32Array<ArrayBuffer> {
  const part = new Float32Array((bottom - top) * (right - left));
  for (let y = top; y < bottom; y++)
    part.set(values.subarray(y * width + left, y * width + right), (y - top) * (right - left));
  return part;
}

/** Indices in the plane of `count` pixels of each class in the window, or of all where there are fewer. */
function drawnPixels(
  classes: Uint8Array,
  { window, size, count }: { window: Part; size: Size; count: number },
  random: () => number,
): number[] {
  const byClass: number[][] = Array.from({ length: classCount }, () => []);
  for (let y = window.top; y < window.bottom; y++)
    for (let x = window.left; x < window.right; x++) byClass[classes[y * size.width + x]!]?.push(y * size.width + x);
  return byClass.flatMap((pixels) => shuffled(pixels, random, count));
}

/** The first of them in random order: all, unless `count` says how many. */
function shuffled<T>(items: T[], random: () => number, count = items.length): T[] {
  const wanted = Math.min(count, items.length);
  for (let i = 0; i < wanted; i++) {
    const other = i + Math.floor(random() * (items.length - i));
    [items[i], items[other]] = [items[other]!, items[i]!];
  }
  return items.slice(0, wanted);
}
