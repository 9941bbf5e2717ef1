import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Pixels } from '../photographs/pixels.ts';
import type { Detection } from './boxes.ts';

/** The network of models/faces. */
export interface CenterFace extends AsyncDisposable {
  /** Faces that stand upright in a picture, several boxes of one too, in its pixels; those of at least `threshold`, 0 to 1. */
  detect(picture: Pixels, threshold: number): Promise<Detection[]>;
}

/** The network halves its picture five times, and gives one sample for 4 x 4 pixels. */
const multiple = 32;
const grid = 4;
const [heatmap, scale, offset] = ['537', '538', '539'] as const;

/** `weights`: its ONNX file, by path. */
export async function openCenterFace(weights: string, threads: number): Promise<CenterFace> {
  const session = await InferenceSession.create(weights, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3, // the file lists its weights as inputs, as ONNX 1.3 did; each is a warning
  });
  return {
    async detect(picture, threshold) {
      return detectionsOf(await session.run({ 'input.1': tensorOf(picture) }), picture, threshold);
    },
    async [Symbol.asyncDispose]() {
      await session.release();
    },
  };
}

/** Red, green and blue planes, 0 to 255, filled up with zeros on the right and below. */
function tensorOf({ width, height, data }: Pixels): Tensor {
  const [columns, rows] = [width, height].map((side) => Math.ceil(side / multiple) * multiple) as [number, number];
  const plane = columns * rows;
  const values = new Float32Array(3 * plane);
  for (let y = 0, from = 0; y < height; y++)
    for (let x = 0, to = y * columns; x < width; x++, to++, from += 3) {
      values[to] = data[from]!;
      values[to + plane] = data[from + 1]!;
      values[to + 2 * plane] = data[from + 2]!;
    }
  return new Tensor('float32', values, [1, 3, rows, columns]);
}

/**
 * Each sample of the heat map that reaches the threshold is the middle of a face: `scale` has the logarithms of its height
 * and width in samples, `offset` where in the sample it is. Source: Xu et al., CenterFace, arXiv 1911.03599, section 3.
 */
function detectionsOf(
  maps: InferenceSession.OnnxValueMapType,
  { width, height }: Pixels,
  threshold: number,
): Detection[] {
  const scores = maps[heatmap]!;
  const [rows, columns] = scores.dims.slice(2) as [number, number];
  const [score, scales, offsets] = [scores, maps[scale]!, maps[offset]!].map(({ data }) => data as Float32Array) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const plane = rows * columns;
  const found: Detection[] = [];
  for (let i = 0; i < plane; i++) {
    if (score[i]! < threshold) continue;
    const [boxHeight, boxWidth] = [Math.exp(scales[i]!) * grid, Math.exp(scales[i + plane]!) * grid];
    const y = (Math.floor(i / columns) + offsets[i]! + 0.5) * grid;
    const x = ((i % columns) + offsets[i + plane]! + 0.5) * grid;
    const [left, top] = [Math.max(0, x - boxWidth / 2), Math.max(0, y - boxHeight / 2)];
    const right = Math.min(width, x + boxWidth / 2);
    const bottom = Math.min(height, y + boxHeight / 2);
    if (right > left && bottom > top) found.push({ left, top, right, bottom, score: score[i]! });
  }
  return found;
}
