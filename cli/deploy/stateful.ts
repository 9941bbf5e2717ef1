import { nameOf, partOf, typeOf } from './engine/urn.ts';

/** What holds a lab's data, as its users call it. */
const contents: Readonly<Record<string, string>> = {
  'aws:s3/bucket:Bucket': 'images and results',
  'aws:dynamodb/table:Table': 'the jobs',
  'aws:cognito/userPool:UserPool': 'the accounts of people',
  'aws:ecr/repository:Repository': 'the images of models',
};

/** Buckets with something else, by the end of their names. */
const otherContents: Readonly<Record<string, string>> = {
  models: 'the packages of models',
  figures: 'the pictures of all cards',
  pictures: 'the photographs of people and what was made of them',
  datasets: 'the data sets that models are taught with',
};

/** Settings that hold data or work which goes with them when they are switched off, and nothing else. */
export const discardable = ['gallery', 'containers', 'archiving', 'large', 'endpoint', 'teach'] as const;
export type Discardable = (typeof discardable)[number];

/** Queues that a stack has by one of these settings, by the end of their names: what they feed ends with them. */
const settingOfQueue: Readonly<Record<string, Discardable>> = {
  pictures: 'gallery',
  cold: 'archiving',
  large: 'large',
  answers: 'endpoint',
  teaching: 'teach',
};

/** Buckets likewise. */
const settingOfBucket: Readonly<Record<string, Discardable>> = {
  figures: 'gallery',
  pictures: 'gallery',
  datasets: 'teach',
};

/** Parts whose buckets hold nothing that a deployment does not make again: the page, and code. */
const disposable: ReadonlySet<string> = new Set(['Ui', 'Code']);

/** Types of which each resource may hold data. */
export const statefulTypes: readonly string[] = Object.keys(contents);

/** What a resource holds that cannot be made again; undefined: nothing. */
export const dataOf = (urn: string): string | undefined => {
  const type = typeOf(urn);
  if (type !== 'aws:s3/bucket:Bucket') return contents[type];
  return disposable.has(partOf(urn)) ? undefined : (otherContents[lastWord(urn)] ?? contents[type]);
};

const lastWord = (urn: string): string => nameOf(urn).split('-').at(-1)!;

/** The setting that a resource is there for, and whose data nothing but that uses; undefined: the service is not without it. */
export function settingOf(urn: string): Discardable | undefined {
  const [type, last] = [typeOf(urn), lastWord(urn)];
  if (type === 'aws:ecr/repository:Repository') return 'containers';
  if (type === 'aws:sqs/queue:Queue') return settingOfQueue[last];
  return type === 'aws:s3/bucket:Bucket' ? settingOfBucket[last] : undefined;
}

/** Steps of the engine's plan after which what the resource held is gone. Source: the engine's deploy.StepOp. */
const losing = /^(delete|replace|delete-replaced|create-replacement|discard|discard-replaced|remove-pending-replace)$/;

interface Change {
  urn: string;
  op: string;
}

/** The planned changes after which data is gone, one a resource. */
export const losingChanges = <C extends Change>(changes: readonly C[]): C[] =>
  goingOnce(changes, (urn) => dataOf(urn) !== undefined);

/** The settings that a plan switches off though they may have work in progress, each with its queue. */
export const endingQueues = (changes: readonly Change[]): { setting: Discardable; urn: string }[] =>
  goingOnce(changes, (urn) => typeOf(urn) === 'aws:sqs/queue:Queue').flatMap(({ urn }) => {
    const setting = settingOf(urn);
    return setting === undefined ? [] : [{ setting, urn }];
  });

function goingOnce<C extends Change>(changes: readonly C[], isWanted: (urn: string) => boolean): C[] {
  const found = new Map<string, C>();
  for (const change of changes)
    if (losing.test(change.op) && isWanted(change.urn) && !found.has(change.urn)) found.set(change.urn, change);
  return [...found.values()];
}
