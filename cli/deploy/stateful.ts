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
};

/** Settings that hold data which goes with them when they are switched off, and nothing else. */
export const discardable = ['gallery', 'containers'] as const;
export type Discardable = (typeof discardable)[number];

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
  if (typeOf(urn) === 'aws:ecr/repository:Repository') return 'containers';
  return typeOf(urn) === 'aws:s3/bucket:Bucket' && lastWord(urn) === 'figures' ? 'gallery' : undefined;
}

/** Steps of the engine's plan after which what the resource held is gone. Source: the engine's deploy.StepOp. */
const losing = /^(delete|replace|delete-replaced|create-replacement|discard|discard-replaced|remove-pending-replace)$/;

/** The planned changes after which data is gone, one a resource. */
export function losingChanges<C extends { urn: string; op: string }>(changes: readonly C[]): C[] {
  const found = new Map<string, C>();
  for (const change of changes)
    if (losing.test(change.op) && dataOf(change.urn) !== undefined && !found.has(change.urn))
      found.set(change.urn, change);
  return [...found.values()];
}
