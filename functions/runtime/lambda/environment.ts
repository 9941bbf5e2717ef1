import {
  bucketVariable,
  deadLettersVariable,
  queueVariable,
  retentionVariable,
  tableVariable,
} from '../../core/environment.ts';
import { Failure } from '../../core/errors.ts';
import { type Bucket, buckets } from '../../core/keys.ts';
import { type QueueName, queueNames } from '../../core/messages.ts';
import type { Access, Stage } from '../../stages/stage.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

/** Where the things are that a function may touch. */
export interface Places {
  /** Names. */
  buckets: Partial<Record<Bucket, string>>;
  /** Name, and how long jobs stay in it; absent for a function that does not touch the table. */
  table?: { name: string; retentionDays: number };
  /** URLs. */
  queues: Partial<Record<QueueName, string>>;
  deadLetters: Partial<Record<QueueName, string>>;
}

/** Reads what infra tells a function of this access. Throws `variableMissing`, naming all that is not there. */
export function readPlaces(access: Access & Pick<Stage, 'queue'>, variables: Variables): Places {
  const {
    queue,
    reads,
    lists,
    writes,
    deletes = [],
    parts = [],
    jobs,
    usage = [],
    answers = [],
    sends,
    drains = [],
  } = access;
  const read = reader(variables);
  const touched = new Set<Bucket>([...reads, ...lists, ...writes, ...deletes, ...parts]);
  const fed = new Set<QueueName>([...sends, ...(queue === undefined ? [] : [queue])]);
  const inTable = jobs.length + usage.length + answers.length > 0;
  const places: Places = {
    buckets: Object.fromEntries(
      buckets.filter((each) => touched.has(each)).map((each) => [each, read(bucketVariable(each))]),
    ),
    ...(inTable && { table: { name: read(tableVariable), retentionDays: Number(read(retentionVariable)) } }),
    queues: Object.fromEntries(
      queueNames.filter((each) => fed.has(each)).map((each) => [each, read(queueVariable(each))]),
    ),
    deadLetters: Object.fromEntries(drains.map((each) => [each, read(deadLettersVariable(each))])),
  };
  read.done();
  return places;
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
