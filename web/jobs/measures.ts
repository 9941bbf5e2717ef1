import type { NewJobBody } from '../../functions/contract/jobs.ts';
import { type PositiveRule, parseRule } from '../../functions/core/positive.ts';
import type { OfferedChannels } from '../image/offered-channels.ts';
import { strings } from '../strings.ts';

/** A channel, by name or number, and its threshold as it is chosen; '' is none. */
export interface RuleChoice {
  channel: string;
  by: '' | 'otsu' | 'background' | 'number';
  value: string;
}

/** What the form asks about measurements, as text while it is typed. */
export interface MeasureChoice {
  ring: string;
  /** By number of the channel, where those of the images are known. */
  rules: readonly RuleChoice[];
  /** Else `GFP=otsu, RFP=800`. */
  text: string;
}

export const nothingMore: MeasureChoice = { ring: '', rules: [], text: '' };

/**
 * The rule with another threshold. Above the background begins at 3 standard deviations, which about 1 in 1000 samples of
 * a normal background exceed.
 */
export const withThreshold = (rule: RuleChoice, by: RuleChoice['by']): RuleChoice => ({
  ...rule,
  by,
  value: by === 'background' ? '3' : '',
});

const colours = ['red', 'green', 'blue'];

/** Channels by name where they have one of their own, as other images may have them in another order; else by number. */
export function channelsToMeasure({
  samples,
  channels,
  channelNames,
  names,
}: OfferedChannels): { channel: string; label: string }[] {
  if (samples > 1) return colours.map((channel) => ({ channel, label: channel }));
  const numbered = Array.from({ length: channels }, (_, i) => {
    const name = channelNames[i];
    const isOwn = name !== undefined && name.trim() !== '' && channelNames.filter((each) => each === name).length === 1;
    return { channel: isOwn ? name : String(i), label: strings.channelNamed(i, name) };
  });
  return [...numbered, ...names.map((channel) => ({ channel, label: strings.channelCalled(channel) }))];
}

/** As the API takes it. Text that is no rule goes along, so that its answer says what is wrong. */
export function measuresOf({ ring, rules, text }: MeasureChoice): Pick<NewJobBody, 'ring' | 'positive'> {
  const chosen = rules.flatMap((rule) => {
    const threshold = thresholdOf(rule);
    return threshold === undefined ? [] : [{ channel: rule.channel, threshold }];
  });
  const positive = [...chosen, ...rulesOfText(text)];
  return { ...(ring !== '' && { ring: Number(ring) }), ...(positive.length > 0 && { positive }) };
}

/** Between commas; a name that has one itself stands in double quotes, and a quote in it twice. */
const rulesOfText = (text: string): PositiveRule[] =>
  (text.match(/(?:"(?:[^"]|"")*"|[^,])+/g) ?? [])
    .map((part) => part.trim().replace(/^"((?:[^"]|"")*)"(?=\s*=)/, (_, name: string) => name.replaceAll('""', '"')))
    .filter((part) => part !== '')
    .map((part) => parseRule(part) ?? { channel: part, threshold: Number.NaN });

/** As `rulesOfText` reads it. */
export const textOfRules = (rules: readonly PositiveRule[]): string =>
  rules.map(({ channel, threshold }) => `${quoted(String(channel))}=${threshold}`).join(', ');

const quoted = (name: string): string => (/[",]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name);

function thresholdOf({ by, value }: Omit<RuleChoice, 'channel'>): PositiveRule['threshold'] | undefined {
  if (by === '' || by === 'otsu') return by === '' ? undefined : by;
  if (by === 'number') return value === '' ? Number.NaN : Number(value);
  return `bg+${value === '' ? Number.NaN : Number(value)}`;
}

/** What a job measures more than usual, in words; undefined where it is nothing. */
export function measuresText({ ring, positive = [] }: Pick<NewJobBody, 'ring' | 'positive'>): string | undefined {
  const parts = [
    ...(ring === undefined ? [] : [strings.ringOf(ring)]),
    ...positive.map(({ channel, threshold }) => strings.positiveRule(String(channel), String(threshold))),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}
