import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Files that compress like 16-bit microscope images (deflate: to about two thirds): a smooth background with Gaussian
 * camera noise. Not TIFFs; archives do not look inside. Returns their names.
 */
export async function writeNoisyImages(folder: string, files: number, bytesEach: number): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const names: string[] = [];
  for (let file = 0; file < files; file++) {
    const name = `image-${String(file).padStart(3, '0')}.tif`;
    await writeFile(join(folder, name), noisyImage(bytesEach, file + 1));
    names.push(name);
  }
  return names;
}

function noisyImage(bytes: number, seed: number): Uint8Array {
  const samples = new Uint16Array(bytes / 2);
  const noise = gaussianTable(12);
  const width = 4472;
  for (let i = 0, state = seed; i < samples.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0; // Numerical Recipes, chapter 7
    samples[i] = 600 + 300 * Math.sin((i % width) / 300) + noise[state >>> 20]!;
  }
  return new Uint8Array(samples.buffer);
}

/** 4096 draws of a normal distribution, as a sum of twelve uniform ones. */
function gaussianTable(sigma: number): Float32Array {
  let state = 12345;
  const uniform = () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff; // POSIX rand()
    return state / 0x7fffffff;
  };
  return Float32Array.from({ length: 4096 }, () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += uniform();
    return sum * sigma;
  });
}
