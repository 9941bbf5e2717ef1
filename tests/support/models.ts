import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Plane } from '../../functions/image/image.ts';
import { openModel } from '../../functions/model/package/package.ts';

/** The tiny packages that tests/fixtures/models/make.py writes. */
export const modelFolder = (name: string): string => resolve(import.meta.dirname, '../fixtures/models', name);
export const fixtureModel = (name: string) => openModel(modelFolder(name));

/** The description of one of them, to be changed and written elsewhere. */
export const fixtureYaml = (name: string): Promise<string> =>
  readFile(join(modelFolder(name), 'bioimageio.yaml'), 'utf8');

/** A plane of float32 or uint16 samples given by a formula. */
export function planeOf(
  height: number,
  width: number,
  sample: (y: number, x: number) => number,
  type: 'float32' | 'uint16' = 'float32',
): Plane {
  const data = type === 'float32' ? new Float32Array(height * width) : new Uint16Array(height * width);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data[y * width + x] = sample(y, x);
  return { height, width, samples: 1, type, data };
}

/** Repeatable numbers in [0, 1): a small linear congruential generator (Numerical Recipes). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
