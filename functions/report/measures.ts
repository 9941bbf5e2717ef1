import { combinationNames, type PositiveRule, ruleName } from '../core/positive.ts';

/** One number of an image, or of a region of it, that groups are compared by. */
export interface Measure {
  /** Of no other measure. */
  key: string;
  /** In group-summary.csv. */
  name: string;
  /** Absent for the whole image. */
  region?: string;
  title: string;
  /** Empty for counts and fractions. */
  unit: string;
}

/** Values of one image; what is not known of it is absent. */
export type Values = ReadonlyMap<string, number>;

const fixed: Record<string, Pick<Measure, 'title' | 'unit'>> = {
  objects: { title: 'Objects per image', unit: '' },
  density_per_mm2: { title: 'Density', unit: 'objects/mm²' },
  area_um2: { title: 'Mean area', unit: 'µm²' },
  area_px: { title: 'Mean area', unit: 'px' },
  volume_um3: { title: 'Mean volume', unit: 'µm³' },
  volume_voxels: { title: 'Mean volume', unit: 'voxels' },
};

const positivePrefix = 'positive: ';

/** Between a measure and its region; no region has it in its name. */
const regionMark = ' | ';

/** The key of a measure in a region of the image. */
export const inRegion = (key: string, region: string): string => key + regionMark + region;

/** Is averaged over the objects of an image. */
export const isAveraged = (column: string): boolean =>
  /^(area|volume)_(um2|px|um3|voxels)$/.test(column) || column.endsWith('_mean');

/** The measures that any image has: counts first, then shares, sizes and intensities, in the order in which they come. */
export function measuresOf(images: readonly { values: Values }[]): Measure[] {
  const keys = new Set(images.flatMap(({ values }) => [...values.keys()]));
  // Where every size is known in µm, sizes in pixels say the same once more.
  for (const [real, raw] of [
    ['area_um2', 'area_px'],
    ['volume_um3', 'volume_voxels'],
  ] as const)
    if (images.every(({ values }) => values.has(real) || !values.has(raw))) keys.delete(raw);
  const rank = (key: string) => {
    if (key === 'objects' || key === 'density_per_mm2') return Object.keys(fixed).indexOf(key);
    if (key.startsWith(positivePrefix)) return 2;
    return Object.hasOwn(fixed, key) ? Object.keys(fixed).indexOf(key) + 1 : Object.keys(fixed).length + 1;
  };
  const whole = [...keys].filter((key) => !key.includes(regionMark)).sort((a, b) => rank(a) - rank(b));
  const ofRegions = Map.groupBy(
    [...keys].filter((key) => key.includes(regionMark)),
    (key) => key.split(regionMark)[1]!,
  );
  return [
    ...whole.map((key) => ({ key, ...measureOf(key) })),
    ...[...ofRegions]
      .sort(([a], [b]) => inOrder(a, b))
      .flatMap(([region, own]) => own.map((key) => regionMeasure(key, region))),
  ];
}

/** Regions in the order of their names, with numbers in them by value. */
const inOrder = new Intl.Collator('en', { numeric: true }).compare;

function regionMeasure(key: string, region: string): Measure {
  const { name, title, unit } = measureOf(key.split(regionMark)[0]!);
  return { key, name, region, title: `${name === 'objects' ? 'Objects' : title} in ${region}`, unit };
}

function measureOf(name: string): Omit<Measure, 'key'> {
  const known = Object.hasOwn(fixed, name) ? fixed[name] : undefined;
  if (known !== undefined) return { name, ...known };
  if (name.startsWith(positivePrefix))
    return { name, title: `Fraction ${name.slice(positivePrefix.length)}`, unit: '' };
  return { name, title: intensityTitle(name), unit: 'as in the file' };
}

function intensityTitle(column: string): string {
  const name = column.replace(/_mean$/, '');
  if (name === 'intensity') return 'Mean intensity of the predicted channel';
  return name.endsWith('_ring') ? `Mean intensity of ${name.slice(0, -5)} in the ring` : `Mean intensity of ${name}`;
}

/** Fractions of the objects that are positive, of each channel and, of several channels, of each combination. `counts`: in the order of `combinationNames`. */
export function positiveFractions(rules: readonly PositiveRule[], counts: readonly number[]): Map<string, number> {
  const fractions = new Map<string, number>();
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (rules.length === 0 || !(total > 0)) return fractions;
  rules.forEach((rule, r) => {
    const positive = counts.filter((_, i) => ((i >> (rules.length - 1 - r)) & 1) === 0);
    const sum = positive.reduce((all, count) => all + count, 0);
    fractions.set(`${positivePrefix}${ruleName(rule)}+`, sum / total);
  });
  if (rules.length > 1)
    combinationNames(rules).forEach((name, i) => void fractions.set(positivePrefix + name, counts[i]! / total));
  return fractions;
}
