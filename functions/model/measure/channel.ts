import type { SampleArray } from '../../image/image.ts';
import type { ChannelMeasures, Regions } from '../../ports/predictor.ts';
import { backgroundOf } from './background.ts';
import { accumulator } from './statistics.ts';

/** What the worker is asked for one channel of one plane. */
export interface ChannelRequest {
  plane: { data: SampleArray };
  regions: Regions;
  background: boolean;
  samples?: boolean;
}

/** One channel in the objects of its plane and in the rings around them, and what lies outside the objects. */
export function measureChannel({
  plane: { data },
  regions: { count, objects, rings },
  background,
  samples,
}: ChannelRequest): ChannelMeasures {
  const inside = accumulator(count);
  inside.add(data, objects);
  const around = rings && accumulator(count);
  if (rings !== undefined) around?.add(data, rings);
  return {
    objects: inside.finish(),
    ...(around && { rings: around.finish() }),
    ...(background && { background: backgroundOf(data, objects) }),
    ...(samples && { samples: { objects: inside.samples(), ...(around && { rings: around.samples() }) } }),
  };
}
