import { type Labels, renumber } from '../label.ts';
import { fillObjects } from './fill-objects.ts';
import { flowErrors } from './flow-error.ts';
import { type Flows, followFlows } from './follow-flows.ts';
import { groupBySinks } from './sinks.ts';

/** See package/settings.ts. */
export interface CellposeOptions {
  threshold: number;
  flowThreshold: number;
  steps: number;
  minArea: number;
  maxFraction: number;
}

/**
 * Objects from the flows and probabilities of a Cellpose network: pixels that flow into one sink are an object, unless it
 * is too large or its shape contradicts the flows; holes are filled, small ones dropped. Equal to cellpose 3.1 on a CPU
 * (dynamics.resize_and_compute_masks) but for the numbering.
 */
export function cellposeObjects(flows: Flows, probability: Float32Array, options: CellposeOptions): Labels {
  const { height, width } = flows;
  const followed = followFlows(flows, probability, options.threshold, options.steps);
  const { group, count } = groupBySinks(followed, height, width);
  const labels = new Uint32Array(new SharedArrayBuffer(4 * height * width));
  followed.pixels.forEach((pixel, i) => {
    labels[pixel] = group[i]!;
  });
  let found = renumber({ labels, groups: count + 1 }, 0, tooLarge(group, count, options.maxFraction * labels.length));
  if (options.flowThreshold > 0) {
    const wrong = Uint8Array.from(flowErrors(labels, found.count, flows), (error) =>
      error > options.flowThreshold ? 1 : 0,
    );
    found = renumber({ labels, groups: found.count + 1 }, options.minArea, wrong);
  } else found = renumber({ labels, groups: found.count + 1 }, options.minArea);
  fillObjects(labels, width, found.count);
  return renumber({ labels, groups: found.count + 1 }, options.minArea);
}

/** 1 for each group of more than `most` pixels. */
function tooLarge(group: Uint32Array, count: number, most: number): Uint8Array {
  const area = new Float64Array(count + 1);
  for (const k of group) area[k]!++;
  return Uint8Array.from(area, (pixels) => (pixels > most ? 1 : 0));
}
