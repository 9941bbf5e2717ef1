import { segmentPlane } from '../../functions/model/instances/segment.ts';
import { measureChannel } from '../../functions/model/measure/channel.ts';
import { instanceSettings } from '../../functions/model/package/settings.ts';
import type { Predictor, Segmenter } from '../../functions/ports/predictor.ts';

/**
 * An engine without a model: every pixel above 0 is foreground; what is connected is an object, found and measured as ever.
 * `classes`: maps by name, each pixel given by a formula.
 */
export function thresholdEngine(classes: Record<string, (value: number) => number> = {}): Predictor & Segmenter {
  const names = Object.keys(classes);
  const settings = instanceSettings.parse({
    ...{ method: 'threshold', threshold: 0.5, minArea: 1 },
    ...(names.length > 0 && { classes: names }),
  });
  const predictRows: Predictor['predictRows'] = async ([plane]) => {
    const { height, width, data } = plane!;
    const map = Float32Array.from({ length: height * width }, (_, i) => Number(Number(data[i]) > 0));
    const more = Object.values(classes).map((of) => Float32Array.from(data as Uint16Array, of));
    return { maps: { height, width, names: ['foreground', ...names], data: [map, ...more] }, rows: height };
  };
  return {
    model: { name: 'above zero', version: '1', sha256: 'd'.repeat(64), definition: 'e'.repeat(64) },
    predictRows,
    predict: async (planes) => (await predictRows(planes, { halt: () => false })).maps,
    segment: (plane, maps, options) => segmentPlane({ plane, maps, ...options }, settings),
    measure: async (plane, regions, options) => measureChannel({ plane, regions, ...options }),
    memoryBytes: (height, width) => 32 * height * width,
    async [Symbol.asyncDispose]() {},
  };
}
