import { boxToGrowIn, type GrownInMap, growInMap } from '../correct/grow-in-map.ts';
import { type UncertainPlace, uncertainPlaces } from '../correct/uncertain.ts';
import type { AskedPlace, NextPlace, Proposed } from '../messages.ts';
import type { CorrectedImage } from './corrected-image.ts';
import type { ForegroundMap } from './foreground-map.ts';

/** What the model's map says of the plane that is corrected. */
export interface MapWork {
  /** Undefined where there is no map, or it saw nothing at the point. */
  propose(wanted: Proposed): Promise<GrownInMap | undefined>;
  /** Places are those of when they were first asked for; undefined where nothing is left of them. */
  nextUncertain(asked: AskedPlace): Promise<NextPlace | undefined>;
}

export function mapWork(map: ForegroundMap | undefined, { plane }: Pick<CorrectedImage, 'plane'>): MapWork {
  let known: { of: ReturnType<typeof plane>; places: UncertainPlace[] } | undefined;
  const placesOf = async (): Promise<UncertainPlace[]> => {
    const of = plane();
    if (known?.of === of) return known.places;
    if (map === undefined) throw new Error('the job keeps no map of the model');
    const places = await uncertainPlaces(of.labels, map.rows(of.plane));
    known = { of, places };
    return places;
  };
  return {
    async propose({ point, level, exact }) {
      const { plane: of, labels } = plane();
      const box = map && boxToGrowIn(point, labels);
      if (map === undefined || box === undefined) return undefined;
      return growInMap({ box, bytes: await map.read(of, box) }, labels, { point, level, exact });
    },
    async nextUncertain({ after, by }) {
      const places = await placesOf();
      const count = places.length;
      const { labels, width } = plane().labels;
      const isOpen = ({ object, pixel, box }: UncertainPlace): boolean => {
        if (object === 0) return labels[pixel.y * width + pixel.x] === 0;
        for (let y = box.top; y <= box.bottom; y++)
          if (labels.subarray(y * width + box.left, y * width + box.right + 1).includes(object)) return true;
        return false;
      };
      const first = after === 0 && by < 0 ? count - 1 : after - 1 + by;
      for (let step = 0; step < count; step++) {
        const at = (((first + by * step) % count) + count) % count;
        const place = places[at]!;
        if (isOpen(place)) return { ...place, number: at + 1, count };
      }
      return undefined;
    },
  };
}
