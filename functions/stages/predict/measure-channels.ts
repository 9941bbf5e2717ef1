import { channelPrefixes, channelStatistics, cleanName } from '../../core/channel-columns.ts';
import type { CsvCell } from '../../core/csv.ts';
import type { JobSettings } from '../../core/job.ts';
import { isPositive, sigmasOf, type Threshold } from '../../core/positive.ts';
import type { Image, ImageInfo, Plane } from '../../image/image.ts';
import type {
  ChannelMeasures,
  PixelRuns,
  Regions,
  Segmentation,
  Segmenter,
  Statistics,
} from '../../ports/predictor.ts';
import { colourNames, findChannel, sampleOf } from './channel.ts';
import type { PlanePosition } from './plane-indices.ts';

/** What is measured beside the plane that was predicted. */
export interface MeasurePlan {
  /** Starts of the columns of each channel, or of each colour sample. */
  prefixes: string[];
  /** px. */
  ring?: number;
  rules: PlannedRule[];
}

/** A rule of the settings for the channels of one image. */
export interface PlannedRule {
  channel: number;
  threshold: Threshold;
  /** Columns of the means that decide, and of what is decided. */
  mean: string;
  column: string;
}

/** Values of one plane, by column, in order of labels; a number that is NaN is an empty cell. */
export type Columns = Record<string, ArrayLike<CsvCell>>;

/** How the objects of one plane stand to one rule. */
export interface Judged {
  /** Undefined where Otsu's threshold of the job decides, or there is no background. */
  threshold?: number;
  means: Float64Array;
}

/** Every channel of the objects of one plane, or of one stack. */
export interface ChannelsOfObjects {
  /** Of objects. */
  count: number;
  /** One a channel of the plan. */
  channels: ChannelMeasures[];
  /** px, where there are rings. */
  ringArea?: Float64Array;
  /** A rule each: the threshold; undefined where Otsu's of the job decides, or there is no background. */
  limits: (number | undefined)[];
}

/** What is written of the channels, how the objects stand to the rules, and what both are made of. */
export interface Measured extends ChannelsOfObjects {
  columns: Columns;
  judged: Judged[];
}

/** What a cell holds until the job decides: of one character like `0` and `1`, so that deciding changes no length. These columns are the last. */
const undecided = ' ';

/** Colour samples that are light; alpha is none. */
const colours = 3;

/** Undefined where an image's only channel needs no more than its plane's own measurements. Throws `channelMissing` for a rule's channel. */
export function planMeasures(info: ImageInfo, { ring, positive = [] }: JobSettings): MeasurePlan | undefined {
  const names = info.samples > 1 ? colourNames.slice(0, Math.min(colours, info.samples)) : info.channelNames;
  const prefixes = channelPrefixes(names);
  if (names.length === 1 && ring === undefined && positive.length === 0) return undefined;
  const rules = positive.map(({ channel: wanted, threshold }) => {
    const byColumn = prefixes.indexOf(String(wanted));
    const channel = byColumn >= 0 && !names.includes(String(wanted)) ? byColumn : findChannel(wanted, names);
    const prefix = prefixes[channel]!;
    return {
      channel,
      threshold,
      mean: names.length === 1 ? 'intensity_mean' : `${prefix}_mean`,
      column: `${prefix}_positive`,
    };
  });
  return { prefixes, ...(ring !== undefined && { ring }), rules };
}

/** Nothing where the model has no classes; an object without one has an empty name. */
export const classColumns = ({ classes }: Pick<Segmentation, 'classes'>): Columns =>
  classes === undefined
    ? {}
    : {
        class: classes.names.map((name) => (name === '' ? '' : cleanName(name, 0))),
        class_probability: classes.probability,
      };

/** How many of each class there are. */
export function countClasses({ class: names }: Columns): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of Array.from(names ?? [], String)) if (name !== '') counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

export interface PlaneToMeasure {
  image: Image;
  at: PlanePosition;
  regions: Regions;
  /** Channels that are in memory already; each is let go of once it is measured. */
  known: Map<number, Plane>;
  /** Keep the samples: the plane is one of a stack. */
  samples: boolean;
}

/** Measures every channel of one plane, one after the other: one is in memory at a time. */
export async function measureChannels(
  plan: MeasurePlan,
  { image, at, regions, known, samples }: PlaneToMeasure,
  engine: Segmenter,
  signal?: AbortSignal,
): Promise<Measured> {
  const { prefixes, rules } = plan;
  const { rings } = regions;
  const isColour = image.info.samples > 1;
  const colour = isColour ? await image.readPlane({ ...at, channel: 0 }) : undefined;
  const measured: ChannelMeasures[] = [];
  for (const channel of prefixes.keys()) {
    const plane =
      known.get(channel) ??
      (colour === undefined ? await image.readPlane({ ...at, channel }) : sampleOf(colour, channel));
    known.delete(channel);
    const background = rules.some((rule) => rule.channel === channel && sigmasOf(rule.threshold) !== undefined);
    measured.push(await engine.measure(plane, regions, { background, samples }, signal));
  }
  return withColumns(plan, {
    count: regions.count,
    channels: measured,
    ...(rings && { ringArea: areas(rings, regions.count) }),
    limits: rules.map(({ channel, threshold }) => limitOf(measured[channel]!, threshold)),
  });
}

/** The columns of each channel, then what the rules say of each object. */
export function withColumns({ prefixes, rules }: MeasurePlan, found: ChannelsOfObjects): Measured {
  const { count, channels, ringArea, limits } = found;
  const columns: Columns = {};
  if (prefixes.length > 1) channels.forEach((each, i) => void addColumns(columns, prefixes[i]!, each.objects));
  if (ringArea !== undefined) {
    columns.ring_area_px = ringArea;
    channels.forEach((each, i) => void addColumns(columns, `${prefixes[i]}_ring`, each.rings!));
  }
  const judged = rules.map(({ channel }, i): Judged => {
    const [means, threshold] = [channels[channel]!.objects.mean, limits[i]];
    return { means, ...(threshold !== undefined && { threshold }) };
  });
  const byJob = (rule: PlannedRule): boolean => rule.threshold === 'otsu';
  rules.forEach((rule, i) => {
    const { means, threshold = Number.NaN } = judged[i]!;
    if (!byJob(rule)) columns[rule.column] = Array.from(means, (mean) => asNumber(isPositive(mean, threshold)));
  });
  for (const rule of rules.filter(byJob)) columns[rule.column] = new Array<string>(count).fill(undecided);
  return { ...found, columns, judged };
}

const asNumber = (positive: boolean | undefined): number | undefined =>
  positive === undefined ? undefined : Number(positive);

function limitOf({ background }: ChannelMeasures, threshold: Threshold): number | undefined {
  const sigmas = sigmasOf(threshold);
  if (sigmas === undefined) return typeof threshold === 'number' ? threshold : undefined;
  const limit = background!.level + sigmas * background!.sigma;
  return Number.isFinite(limit) ? limit : undefined;
}

function addColumns(columns: Columns, prefix: string, statistics: Statistics): void {
  for (const name of channelStatistics) columns[`${prefix}_${name}`] = statistics[name];
}

function areas({ start, end, of }: PixelRuns, count: number): Float64Array {
  const pixels = new Float64Array(count);
  for (let r = 0; r < of.length; r++) pixels[of[r]!]! += end[r]! - start[r]!;
  return pixels;
}
