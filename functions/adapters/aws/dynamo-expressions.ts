import { attributeOf, type Fields, itemOf, type Value } from './dynamo-items.ts';

export type Key = { pk: string; sk: string };
export type Values = Record<string, Value>;

/** In expressions `#name` is the attribute `name`, and `:name` one of the values. */
export interface Change {
  key: Key;
  /** Undefined takes the attribute away. */
  set: Fields;
  add?: Record<string, number>;
  where: string;
  values?: Values;
}

/** A change of counters that leaves no mark: sent twice, it adds twice. */
export type Addition = Omit<Change, 'where'> & { where?: string };

/** The terms of an update. */
export function updateOf({ key, set, add = {}, where, values = {} }: Addition) {
  const names = Object.keys(set);
  const kept = names.filter((name) => set[name] !== undefined);
  const gone = names.filter((name) => set[name] === undefined);
  const sums = Object.keys(add);
  const expression = [
    kept.length > 0 && `SET ${kept.map((name) => `#${name} = :set_${name}`).join(', ')}`,
    gone.length > 0 && `REMOVE ${gone.map((name) => `#${name}`).join(', ')}`,
    sums.length > 0 && `ADD ${sums.map((name) => `#${name} :add_${name}`).join(', ')}`,
  ]
    .filter((part) => part !== false)
    .join(' ');
  const all = {
    ...values,
    ...Object.fromEntries(kept.map((name) => [`set_${name}`, set[name]!])),
    ...Object.fromEntries(sums.map((name) => [`add_${name}`, add[name]!])),
  };
  return {
    Key: itemOf(key),
    UpdateExpression: expression,
    ...(where !== undefined && { ConditionExpression: where }),
    ...terms([expression, where ?? ''], all),
  };
}

/** DynamoDB refuses names and values that no expression uses, and empty maps of them. */
export function terms(expressions: readonly string[], values: Values) {
  const names = new Set(expressions.flatMap((expression) => expression.match(/#\w+/g) ?? []));
  const known = Object.entries(values).map(([name, value]) => [`:${name}`, attributeOf(value)]);
  return {
    ...(names.size > 0 && {
      ExpressionAttributeNames: Object.fromEntries([...names].map((name) => [name, name.slice(1)])),
    }),
    ...(known.length > 0 && { ExpressionAttributeValues: Object.fromEntries(known) }),
  };
}
