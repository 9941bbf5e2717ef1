import { partOf, typeOf } from './engine/urn.ts';

/** What holds a lab's data, as its users call it. */
const contents: Readonly<Record<string, string>> = {
  'aws:s3/bucket:Bucket': 'images and results',
  'aws:dynamodb/table:Table': 'the jobs',
  'aws:cognito/userPool:UserPool': 'the accounts of people',
};

/** Parts whose buckets hold nothing that a deployment does not make again: the page, and code. */
const disposable: ReadonlySet<string> = new Set(['Ui', 'Code']);

/** Types of which each resource may hold data. */
export const statefulTypes: readonly string[] = Object.keys(contents);

/** What a resource holds that cannot be made again; undefined: nothing. */
export const dataOf = (urn: string): string | undefined => {
  const type = typeOf(urn);
  return type === 'aws:s3/bucket:Bucket' && disposable.has(partOf(urn)) ? undefined : contents[type];
};

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
