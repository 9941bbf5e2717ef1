import type { Plane } from '../../functions/image/image.ts';
import { measureChannel } from '../../functions/model/measure/channel.ts';
import { objectRuns } from '../../functions/model/measure/pixel-runs.ts';
import { ringRuns } from '../../functions/model/measure/ring.ts';
import type { Predictor, RegionSamples, Segmenter } from '../../functions/ports/predictor.ts';

/** An engine without a model: one map, each pixel given by a formula, and each that is not 0 an object of its own, up to `most`. */
export function dottedEngine(pixel: (value: number) => number, most = 70_000): Predictor & Segmenter {
  const predictRows: Predictor['predictRows'] = async ([plane], { begun, halt }) => {
    const { height, width, data } = plane!;
    if (begun?.rows === height) return begun;
    const map = begun?.maps.data[0] ?? new Float32Array(new SharedArrayBuffer(4 * height * width));
    let rows = begun?.rows ?? 0;
    do {
      const next = Math.min(height, rows + 64);
      for (let i = rows * width; i < next * width; i++) map[i] = pixel(Number(data[i]));
      rows = next;
    } while (rows < height && !halt());
    return { maps: { height, width, names: ['foreground'], data: [map] }, rows };
  };
  return {
    model: { name: 'dots', version: '1', sha256: 'd'.repeat(64), definition: 'e'.repeat(64) },
    predictRows,
    predict: async (planes) => (await predictRows(planes, { halt: () => false })).maps,
    async segment({ height, width, data }, { data: [map] }, { regions, samples }) {
      const labels = new Uint32Array(height * width);
      let count = 0;
      for (let i = 0; i < labels.length; i++) if (map![i] !== 0 && count < most) labels[i] = ++count;
      const ring = regions?.ring;
      return {
        count,
        labels,
        measurements: { area_px: new Float64Array(count).fill(1) },
        preview: Buffer.from('png'),
        ...(samples && { samples: samplesOf(data, labels, count) }),
        ...(regions && {
          regions: {
            count,
            objects: objectRuns(labels, height, width),
            ...(ring !== undefined && { rings: ringRuns(labels, height, width, ring) }),
          },
        }),
      };
    },
    measure: async (plane, regions, options) => measureChannel({ plane, regions, ...options }),
    memoryBytes: (height, width) => 32 * height * width,
    async [Symbol.asyncDispose]() {},
  };
}

/** Of objects of one pixel each. */
function samplesOf(data: Plane['data'], labels: Uint32Array, count: number): RegionSamples {
  const values = Float32Array.from(data as Float32Array).filter((_, i) => labels[i] !== 0);
  const from = Uint32Array.from({ length: count }, (_, i) => i);
  return { values, from, to: from.map((at) => at + 1) };
}
