import { sharePlane } from '../../functions/model/engine/pixels.ts';
import { segmentPlane } from '../../functions/model/instances/segment.ts';
import type { Predictor, Segmenter } from '../../functions/ports/predictor.ts';
import { dottedEngine } from './dotted-engine.ts';

/** An engine without a model: connected pixels above 0 are an object, measured as by the real one. */
export const stackEngine = (): Predictor & Segmenter => ({
  ...dottedEngine((value) => (value > 0 ? 1 : 0)),
  segment: (plane, { names, data }, { pixelSize, preview }) =>
    segmentPlane(
      { plane: sharePlane(plane), maps: { names, data }, preview, ...(pixelSize && { pixelSize }) },
      { method: 'threshold', threshold: 0.5, sigma: 0, minArea: 1 },
    ),
});
