import {
  addSamples,
  emptySamples,
  type SampleSums,
  samplesFor,
  statisticsOf,
  sumsOf,
} from '../../linking/sample-sums.ts';
import type { ChannelsOfObjects, MeasurePlan, MergedStatistics } from './measure-channels.ts';

/** Every channel of the objects of one stack so far, by number less 1; plain values, so that it can be kept. */
export interface LinkedChannels {
  channels: { objects: SampleSums; rings?: SampleSums }[];
  ringArea: Float64Array;
  /** A rule each: thresholds of planes. */
  limits: { planes: number; sum: number }[];
}

export const noChannels = ({ prefixes, rules, ring }: MeasurePlan): LinkedChannels => ({
  channels: prefixes.map(() => ({ objects: emptySamples(0), ...(ring !== undefined && { rings: emptySamples(0) }) })),
  ringArea: new Float64Array(0),
  limits: rules.map(() => ({ planes: 0, sum: 0 })),
});

/** Adds a plane whose objects have these numbers, up to `count`. */
export function addChannels(
  linked: LinkedChannels,
  plane: ChannelsOfObjects,
  numbers: Uint32Array,
  count: number,
): void {
  linked.channels.forEach((own, i) => {
    const { objects, rings } = plane.channels[i]!;
    own.objects = added(own.objects, objects, numbers, count);
    if (own.rings !== undefined && rings !== undefined) own.rings = added(own.rings, rings, numbers, count);
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

function added(sums: SampleSums, plane: MergedStatistics, numbers: Uint32Array, count: number): SampleSums {
  const larger = samplesFor(sums, count);
  const more = sumsOf(plane);
  for (let i = 0; i < numbers.length; i++) addSamples(larger, numbers[i]! - 1, more, i);
  return larger;
}

/** Of the whole stack: samples of all planes together, and the mean of the planes' thresholds. */
export const channelsOf = ({ channels, ringArea, limits }: LinkedChannels, count: number): ChannelsOfObjects => ({
  count,
  channels: channels.map(({ objects, rings }) => ({
    objects: statisticsOf(samplesFor(objects, count), count),
    ...(rings && { rings: statisticsOf(samplesFor(rings, count), count) }),
  })),
  ...(channels[0]?.rings && { ringArea: Float64Array.from({ length: count }, (_, i) => ringArea[i] ?? 0) }),
  limits: limits.map(({ planes, sum }) => (planes === 0 ? undefined : sum / planes)),
});
