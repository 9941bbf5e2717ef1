import { type PositiveRule, ruleName, sigmasOf } from '../core/positive.ts';
import type { GroupSummary } from './group-summary.ts';
import type { Manifest } from './manifest.ts';

/** A work to cite, as a model card gives it. */
export interface Citation {
  text: string;
  doi?: string;
  url?: string;
}

export interface MethodsFacts {
  manifest: Manifest;
  summary: GroupSummary;
  /** How images got their conditions. */
  grouping: string;
  images: { worked: number; failed: number; compared: number; perPlane: number };
  /** How objects of several planes were counted, each way once. */
  counted: readonly string[];
}

/** A text for the methods of a paper, a paragraph each: every fact is from the job's own tables. */
export function methodsText({ manifest, summary, grouping, images, counted }: MethodsFacts): string[] {
  const { settings } = manifest;
  const unit = summary.unit === 'animal' ? 'animal (mean of its images)' : 'image';
  return [
    [
      `Objects were segmented with labdeploy ${manifest.labdeploy} and the model ${modelInWords(manifest)}`,
      `${settings.channel === undefined ? channelsInWords(manifest) : ` in channel ${settings.channel}`}.`,
      settings.diameter === undefined
        ? ''
        : ` The median diameter of the objects was given as ${settings.diameter} px.`,
      ...objectSettings(settings),
      settings.planes === undefined ? '' : ` Planes of stacks and time series: ${settings.planes}.`,
      counted.every((way) => way === 'in one plane') ? '' : ` Objects were counted ${countedInWords(counted)}.`,
      images.perPlane === 0
        ? ''
        : ` Of ${of(images.perPlane, 'image')} with several planes, each counted by itself, the number of objects is the mean per plane.`,
    ].join(''),
    [
      'Areas and intensities are as defined by regionprops of scikit-image: every channel was measured as recorded, without background correction.',
      settings.ring === undefined
        ? ''
        : ` Each channel was also measured in a ring of ${settings.ring} px around each object.`,
      ...(settings.positive ?? []).map(ruleInWords),
      ' Densities are objects per area of the image.',
      summary.measures.some(({ region }) => region !== undefined)
        ? ' An object was counted in a region of interest where its centroid was in it; densities of regions are objects per area of the region.'
        : '',
    ].join(''),
    [
      `${of(images.worked, 'image')} ${images.worked === 1 ? 'was' : 'were'} analysed`,
      images.failed === 0 ? '' : `, ${images.failed} failed`,
      `; ${of(images.compared, 'image')} in ${of(summary.groups.length, 'condition')} are compared (${grouping}).`,
      ` The unit is the ${unit}, never the single object. Boxes span the quartiles (linear interpolation, type 7), lines in them are medians, whiskers reach to the outermost value within 1.5 interquartile ranges; the standard deviation is that of a sample (n − 1).`,
    ].join(''),
  ];
}

/** What was chosen of how objects are found, a sentence each. */
const objectSettings = ({ scale, invert, threshold, minSize }: Manifest['settings']): string[] => [
  scale === undefined ? '' : ` Planes were predicted ${scale === 1 ? 'as they are' : `reduced by ${scale}`}.`,
  invert === true ? ' Brightness was inverted for the model, as the objects are dark on bright.' : '',
  threshold === undefined ? '' : ` Pixels count as part of an object from ${threshold} of the model's output.`,
  minSize === undefined ? '' : ` Objects of fewer than ${minSize} pixels were dropped.`,
];

/** Why the report has none. */
export const noPValues =
  'There are no p-values: which test is right depends on how the experiment was planned (units, pairing, blinding, number of comparisons), which images do not tell. Objects of one image, and images of one animal, are not independent: a test over them would find differences that are none. Test the values per animal in group-summary.csv, with the plan that was made before.';

function modelInWords({ model }: Manifest): string {
  const version = model.version === undefined || model.version === '' ? '' : ` ${model.version}`;
  const hash = model.sha256 === undefined ? '' : ` (sha256 of its weights ${model.sha256})`;
  return `${model.name}${version}${hash}`;
}

/** The predicted channels that have names. */
function channelsInWords({ files }: Manifest): string {
  const names = new Set(files.flatMap((file) => (file.state === 'done' ? [file.channel.name ?? ''] : [])));
  if (names.size === 0 || names.has('')) return '';
  return ` in ${names.size === 1 ? 'channel' : 'channels'} ${[...names].join(', ')}`;
}

function ruleInWords(rule: PositiveRule): string {
  const name = ruleName(rule);
  const sigmas = sigmasOf(rule.threshold);
  if (sigmas !== undefined)
    return ` Objects were ${name} positive where their mean was more than ${sigmas} standard deviations (1.4826 times the median absolute deviation) above the median of the background of the same plane.`;
  if (rule.threshold === 'otsu')
    return ` Objects were ${name} positive where their mean was above Otsu's threshold of the means of all objects of all images.`;
  return ` Objects were ${name} positive where their mean was above ${rule.threshold}.`;
}

const of = (count: number, noun: string): string => `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;

/** Images of many depths have as many ways; the table of each image has its own. */
const mostWays = 4;

const countedInWords = (ways: readonly string[]): string =>
  ways.length <= mostWays ? ways.join('; or ') : `as the column counted of summary.csv says (${ways.length} ways)`;
