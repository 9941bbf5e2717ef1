import { createHash } from 'node:crypto';

/** Longest names that each service takes, in characters. */
export const longest = {
  bucket: 63,
  function: 64,
  role: 64,
  schedule: 64,
  originAccess: 64,
  edgeFunction: 64,
  signInDomain: 63,
  endpoint: 63,
  endpointConfiguration: 63,
  model: 63,
  queue: 80,
  budget: 100,
  userPool: 128,
  jobQueue: 128,
  jobDefinition: 128,
  computeEnvironment: 128,
  api: 128,
  headersPolicy: 128,
  table: 255,
  alarm: 255,
  scalingPolicy: 256,
  dashboard: 255,
  rule: 64,
  topic: 256,
  buildProject: 150,
  repository: 256,
} as const;

export type Named = keyof typeof longest;

/** Cognito refuses these in a domain, in the middle of a word too. Source: Amazon Cognito Developer Guide, using the Amazon Cognito domain. */
const refused: Partial<Record<Named, RegExp>> = { signInDomain: /amazon|cognito|aws/g };

const digest = (text: string, digits: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, digits);

/** Lower case, digits and single dashes, which every service takes. What had to change is distinguished by a digest. */
export function slug(text: string): string {
  const plain = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return plain === text ? plain : [plain, digest(text, 6)].filter((part) => part !== '').join('-');
}

/** `{base}-{stack}-{part}`; a name that is too long keeps its end, and a digest of the whole stands for what is cut. The same names give the same. */
export function nameOf(base: string, stack: string, part: string, what: Named): string {
  const whole = `${taken(`${slug(base)}-${slug(stack)}`, what)}-${part}`;
  const limit = longest[what];
  if (whole.length <= limit) return whole;
  const tail = `-${digest(whole, 8)}-${part}`;
  if (tail.length >= limit) throw new RangeError(`no ${what} can be called ${part}`);
  return whole.slice(0, limit - tail.length).replace(/-+$/, '') + tail;
}

/** Without what the service refuses, for which a digest stands then. */
function taken(name: string, what: Named): string {
  const pattern = refused[what];
  const kept = pattern === undefined ? name : name.replaceAll(pattern, '-');
  return kept === name ? name : [...kept.split('-').filter((word) => word !== ''), digest(name, 6)].join('-');
}

/** Tells apart what is named the same in two accounts or regions, where names are the whole world's: buckets, sign-in domains. */
export const accountRegionDigest = (account: string, region: string): string => digest(`${account}/${region}`, 8);

export interface DeploymentParts {
  baseName: string;
  stack: string;
  account: string;
  region: string;
}

/** Value of the tag that says which deployment a resource belongs to; no other account, region, stack or base name has it. */
export const deploymentId = ({ baseName, stack, account, region }: DeploymentParts): string =>
  [baseName, stack, account, region].join('/');
