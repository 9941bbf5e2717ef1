import { Failure } from '../../core/errors.ts';
import { featureOfQueue, type QueueName } from '../../core/messages.ts';
import { type Bucket, featureOfBucket } from '../../core/object-keys.ts';
import {
  bucketVariable,
  deadLettersVariable,
  fleetVariable,
  queueVariable,
  retentionVariable,
  tableVariable,
} from '../../stack/resource-variables.ts';
import { type Access, type Runnable, touchedBy } from '../../stages/access.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

/** Names of the resources that a function may touch. */
export interface ResourceNames {
  /** Names. */
  buckets: Partial<Record<Bucket, string>>;
  /** Name, and how long jobs stay in it; absent for a function that does not touch the table. */
  table?: { name: string; retentionDays: number };
  /** URLs. */
  queues: Partial<Record<QueueName, string>>;
  deadLetters: Partial<Record<QueueName, string>>;
}

/** Reads what infra tells a function of this access. Throws `variableMissing`, naming all that is not there. */
export function readResourceNames(runnable: Access & Pick<Runnable, 'trigger'>, variables: Variables): ResourceNames {
  const { buckets, table, ...touched } = touchedBy(runnable);
  const hasFleet = runnable.fleet !== undefined && variables[fleetVariable] !== undefined;
  const queues = hasFleet ? new Set<QueueName>([...touched.queues, 'large']) : touched.queues;
  const deadLetters: readonly QueueName[] = hasFleet ? [...touched.deadLetters, 'large'] : touched.deadLetters;
  const isThere = (queue: QueueName) =>
    featureOfQueue[queue] === undefined || variables[queueVariable(queue)] !== undefined;
  const isMade = (bucket: Bucket) =>
    featureOfBucket[bucket] === undefined || variables[bucketVariable(bucket)] !== undefined;
  const read = reader(variables);
  const names: ResourceNames = {
    buckets: Object.fromEntries(buckets.filter(isMade).map((each) => [each, read(bucketVariable(each))])),
    ...(table && { table: { name: read(tableVariable), retentionDays: Number(read(retentionVariable)) } }),
    queues: Object.fromEntries([...queues].filter(isThere).map((each) => [each, read(queueVariable(each))])),
    deadLetters: Object.fromEntries(deadLetters.filter(isThere).map((each) => [each, read(deadLettersVariable(each))])),
  };
  read.done();
  return names;
}

/** One variable that holds JSON. Throws `variableMissing`, and `variableInvalid` for what its schema refuses. */
export function readJsonVariable<T>(name: string, schema: { parse(value: unknown): T }, variables: Variables): T {
  const read = reader(variables);
  const text = read(name);
  read.done();
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new Failure('variableInvalid', { name, detail: (error as Error).message }, { cause: error });
  }
}

function reader(variables: Variables) {
  const missing: string[] = [];
  const read = (name: string): string => {
    const value = variables[name];
    if (value === undefined || value === '') missing.push(name);
    return value ?? '';
  };
  const done = () => {
    if (missing.length > 0) throw new Failure('variableMissing', { names: missing.join(', ') });
  };
  return Object.assign(read, { done });
}
