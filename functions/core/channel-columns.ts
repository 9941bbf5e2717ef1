import { fold } from './paths.ts';

/** What is measured of a channel, in the order of its columns. */
export const channelStatistics = ['mean', 'min', 'max', 'std', 'sum', 'median'] as const;

/** Characters of a channel's name in a column; Olympus writes whole sentences. */
const longest = 60;

/**
 * A channel's name as the start of columns: letters, digits and `_` alone, so that R, pandas and a formula take it as it is.
 * `GFP (488 nm)` -> `GFP_488_nm`; a channel without a name, or of signs alone, is `channel_` and its number from 0.
 */
export function cleanName(name: string | undefined, index: number): string {
  const clean = (name ?? '')
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '');
  const short = [...clean].slice(0, longest).join('');
  return short === '' ? `channel_${index}` : short;
}

const endings = [...channelStatistics, ...channelStatistics.map((name) => `ring_${name}`), 'positive'];

/** Columns of the channel that was predicted, in its own units: `intensity_mean` ... */
export const intensityColumns = <Values>(
  statistics: Record<(typeof channelStatistics)[number], Values>,
): Record<string, Values> =>
  Object.fromEntries(channelStatistics.map((name) => [`intensity_${name}`, statistics[name]]));

const predicted = channelStatistics.map((name) => `intensity_${name}`);

/**
 * Starts of the columns of each channel, such that no two columns of the table are equal: where `DAPI` comes twice, the
 * second is `DAPI_2`.
 */
export function channelPrefixes(names: readonly (string | undefined)[]): string[] {
  const used = new Set(predicted);
  return names.map((name, index) => {
    const clean = cleanName(name, index);
    for (let count = 1; ; count++) {
      const prefix = count === 1 ? clean : `${clean}_${count}`;
      const own = endings.map((ending) => fold(`${prefix}_${ending}`));
      if (own.some((column) => used.has(column))) continue;
      for (const column of own) used.add(column);
      return prefix;
    }
  });
}
