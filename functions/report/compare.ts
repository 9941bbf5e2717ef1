import type { PositiveRule } from '../core/positive.ts';
import { type GroupedImage, type GroupSummary, summariseGroups } from './group-summary.ts';
import type { Labels } from './groups.ts';
import { inRegion, positiveFractions } from './measures.ts';
import type { TableRow } from './table-images.ts';

export interface Comparison {
  summary: GroupSummary;
  images: { worked: number; failed: number; compared: number; perPlane: number };
  /** How objects of several planes were counted, each way once. */
  counted: string[];
}

/** What is compared. `failed`: files that are no images of it. */
export interface ComparedResults {
  images: readonly TableRow[];
  failed: number;
  rules: readonly PositiveRule[];
}

/** `means`: of the columns of each image's measurements, by its path. */
export function compareResults(
  { images, failed, rules }: ComparedResults,
  {
    labels,
    means,
  }: {
    labels: ReadonlyMap<string, Labels | undefined>;
    means: ReadonlyMap<string, ReadonlyMap<string, number>>;
  },
): Comparison {
  const valuesOf = ({ path, counts, regions }: TableRow): Map<string, number> =>
    new Map([
      ['objects', counts.objects],
      ...(counts.areaMm2 === undefined ? [] : [['density_per_mm2', counts.objects / counts.areaMm2] as const]),
      ...positiveFractions(rules, counts.combinations),
      ...(means.get(path) ?? []),
      ...regions.flatMap(({ region, values }) =>
        [...values].map(([key, value]) => [inRegion(key, region), value] as const),
      ),
    ]);
  const compared = images.flatMap((image): GroupedImage[] => {
    const own = labels.get(image.path);
    return own === undefined ? [] : [{ path: image.path, labels: own, values: valuesOf(image) }];
  });
  return {
    summary: summariseGroups(compared),
    images: {
      worked: images.length,
      failed,
      compared: compared.length,
      perPlane: images.filter(({ counts }) => counts.perPlane).length,
    },
    counted: [...new Set(images.flatMap(({ counts }) => counts.counted ?? []))].sort(),
  };
}
