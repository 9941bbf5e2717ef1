import { csvRow } from '../core/csv.ts';
import type { Labels } from './groups.ts';
import { type Measure, measuresOf, type Values } from './measures.ts';
import { describe, type Statistics } from './statistics.ts';

/** One image that belongs to a condition. */
export interface GroupedImage {
  path: string;
  labels: Labels;
  values: Values;
}

/** The values of one measure in one condition; `units` are what is compared: animals where they are known, else images. */
export interface GroupValues {
  units: { name: string; value: number }[];
  images: { path: string; value: number }[];
  statistics: Statistics;
}

export interface Group {
  condition: string;
  images: number;
  /** Absent where no animal is known. */
  animals?: number;
  /** By the key of the measure. */
  values: Map<string, GroupValues>;
  /** Each animal by itself, its images as units; empty where no animal is known. */
  byAnimal: { animal: string; images: number; statistics: Map<string, Statistics> }[];
}

export interface GroupSummary {
  unit: 'animal' | 'image';
  measures: Measure[];
  groups: Group[];
}

/** Conditions and animals in the order of their names, with numbers in them by value. */
const inOrder = new Intl.Collator('en', { numeric: true }).compare;

/** Images without an animal, where others have one, are units of their own. */
export function summariseGroups(images: readonly GroupedImage[]): GroupSummary {
  const measures = measuresOf(images);
  const unit = images.some(({ labels }) => (labels.animal ?? '') !== '') ? 'animal' : 'image';
  const conditions = [...Map.groupBy(images, ({ labels }) => labels.condition ?? '')].sort(([a], [b]) => inOrder(a, b));
  const groups = conditions.map(([condition, members]): Group => {
    const animals = unit === 'animal' ? animalsOf(members) : [];
    const named = animals.filter(({ isAnimal }) => isAnimal);
    return {
      condition,
      images: members.length,
      ...(unit === 'animal' && { animals: named.length }),
      values: new Map(
        measures.map(({ key }) => [key, valuesOf(key, members, unit === 'animal' ? animals : undefined)]),
      ),
      byAnimal: named.map(({ name, images: own }) => ({
        animal: name,
        images: own.length,
        statistics: new Map(measures.map(({ key }) => [key, describe(known(own, key).map(({ value }) => value))])),
      })),
    };
  });
  return { unit, measures, groups };
}

interface Animal {
  name: string;
  isAnimal: boolean;
  images: GroupedImage[];
}

function animalsOf(members: readonly GroupedImage[]): Animal[] {
  const isAnimal = ({ labels }: GroupedImage) => (labels.animal ?? '') !== '';
  const animals = [...Map.groupBy(members.filter(isAnimal), ({ labels }) => labels.animal!)]
    .sort(([a], [b]) => inOrder(a, b))
    .map(([name, images]) => ({ name, isAnimal: true, images }));
  const others = members
    .filter((image) => !isAnimal(image))
    .map((image) => ({ name: image.path, isAnimal: false, images: [image] }));
  return [...animals, ...others];
}

const known = (images: readonly GroupedImage[], key: string): { path: string; value: number }[] =>
  images.flatMap(({ path, values }) => {
    const value = values.get(key);
    return value === undefined ? [] : [{ path, value }];
  });

function valuesOf(key: string, members: readonly GroupedImage[], animals: readonly Animal[] | undefined): GroupValues {
  const images = known(members, key);
  const units =
    animals === undefined
      ? images.map(({ path, value }) => ({ name: path, value }))
      : animals.flatMap(({ name, images: own }) => {
          const { mean } = describe(known(own, key).map(({ value }) => value));
          return mean === undefined ? [] : [{ name, value: mean }];
        });
  return { units, images, statistics: describe(units.map(({ value }) => value)) };
}

const statisticNames = ['n', 'mean', 'sd', 'median', 'q1', 'q3', 'min', 'max'] as const;

/**
 * `group-summary.csv`: a row for each measure of each condition, of animals if they are known, else of images; then a row for
 * each measure of each animal, of its images. `n`: units with a value. Where images have regions of interest a last column
 * says which it is of.
 */
export function* groupSummaryCsv({ unit, measures, groups }: GroupSummary): Generator<string> {
  const withRegions = measures.some(({ region }) => region !== undefined);
  const regionOf = ({ region }: Measure) => (withRegions ? [region] : []);
  const names = ['condition', 'animal', 'images', 'animals', 'measure', 'measure_unit', 'per'];
  yield csvRow([...names, ...statisticNames, ...(withRegions ? ['region'] : [])]);
  const numbers = (statistics: Statistics) => statisticNames.map((name) => statistics[name]);
  for (const { condition, images, animals, values } of groups)
    for (const measure of measures)
      yield csvRow([
        ...[condition, undefined, images, animals, measure.name, measure.unit, unit],
        ...numbers(values.get(measure.key)!.statistics),
        ...regionOf(measure),
      ]);
  for (const { condition, byAnimal } of groups)
    for (const { animal, images, statistics } of byAnimal)
      for (const measure of measures)
        yield csvRow([
          ...[condition, animal, images, undefined, measure.name, measure.unit, 'image'],
          ...numbers(statistics.get(measure.key)!),
          ...regionOf(measure),
        ]);
}
