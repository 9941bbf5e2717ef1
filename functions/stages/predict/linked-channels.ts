import { addSamplesOf, type LinkedMedians, mediansOf, noMedians } from '../../linking/linked-medians.ts';
import {
  addSamples,
  emptySamples,
  type SampleSums,
  samplesFor,
  statisticsOf,
  sumsOf,
} from '../../linking/sample-sums.ts';
import type { RegionSamples, Statistics } from '../../ports/predictor.ts';
import type { ChannelsOfObjects, MeasurePlan } from './measure-channels.ts';

/** Every channel of the objects of one stack so far, by number less 1; plain values, so that it can be kept. */
export interface LinkedChannels {
  channels: { objects: LinkedStatistics; rings?: LinkedStatistics }[];
  ringArea: Float64Array;
  /** A rule each: thresholds of planes. */
  limits: { planes: number; sum: number }[];
}

interface LinkedStatistics {
  sums: SampleSums;
  medians: LinkedMedians;
}

/** A plane whose objects have these numbers, up to `count` in the stack. */
export interface NumberedDepth {
  numbers: Uint32Array;
  count: number;
  depth: number;
}

const noStatistics = (): LinkedStatistics => ({ sums: emptySamples(0), medians: noMedians() });

export const noChannels = ({ prefixes, rules, ring }: MeasurePlan): LinkedChannels => ({
  channels: prefixes.map(() => ({ objects: noStatistics(), ...(ring !== undefined && { rings: noStatistics() }) })),
  ringArea: new Float64Array(0),
  limits: rules.map(() => ({ planes: 0, sum: 0 })),
});

/** Adds a plane, whose samples must have been asked for. */
export function addChannels(linked: LinkedChannels, plane: ChannelsOfObjects, at: NumberedDepth): void {
  const { numbers, count } = at;
  linked.channels.forEach((own, i) => {
    const { objects, rings, samples } = plane.channels[i]!;
    add(own.objects, objects, samples!.objects, at);
    if (own.rings !== undefined) add(own.rings, rings!, samples!.rings!, at);
  });
  if (plane.ringArea !== undefined) {
    if (linked.ringArea.length < count) {
      const larger = new Float64Array(2 * count);
      larger.set(linked.ringArea);
      linked.ringArea = larger;
    }
    for (let i = 0; i < numbers.length; i++) linked.ringArea[numbers[i]! - 1]! += plane.ringArea[i]!;
  }
  plane.limits.forEach((limit, i) => {
    if (limit === undefined) return;
    linked.limits[i]!.planes++;
    linked.limits[i]!.sum += limit;
  });
}

function add(
  own: LinkedStatistics,
  plane: Statistics,
  samples: RegionSamples,
  { numbers, count, depth }: NumberedDepth,
): void {
  own.sums = samplesFor(own.sums, count);
  const more = sumsOf(plane);
  for (let i = 0; i < numbers.length; i++) addSamples(own.sums, numbers[i]! - 1, more, i);
  addSamplesOf(own.medians, samples, numbers, depth);
}

const statistics = ({ sums, medians }: LinkedStatistics, count: number): Statistics => ({
  ...statisticsOf(samplesFor(sums, count), count),
  median: mediansOf(medians, count),
});

/** Of the whole stack: samples of all planes together, and the mean of the planes' thresholds. */
export const channelsOf = ({ channels, ringArea, limits }: LinkedChannels, count: number): ChannelsOfObjects => ({
  count,
  channels: channels.map(({ objects, rings }) => ({
    objects: statistics(objects, count),
    ...(rings && { rings: statistics(rings, count) }),
  })),
  ...(channels[0]?.rings && { ringArea: Float64Array.from({ length: count }, (_, i) => ringArea[i] ?? 0) }),
  limits: limits.map(({ planes, sum }) => (planes === 0 ? undefined : sum / planes)),
});
