import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Item = Record<string, AttributeValue>;
export type Value = string | number | boolean | Uint8Array;
export type Fields = Record<string, Value | undefined>;

export function attributeOf(value: Value): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  return typeof value === 'boolean' ? { BOOL: value } : { B: value };
}

const plainOf = ({ S, N, BOOL, B }: AttributeValue): Value | undefined =>
  S ?? (N === undefined ? undefined : Number(N)) ?? BOOL ?? B;

/** Fields that are undefined are left out. */
export const itemOf = (fields: Fields): Item =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, attributeOf(value)]])),
  );

export const fieldsOf = (item: Item): Fields =>
  Object.fromEntries(Object.entries(item).map(([name, attribute]) => [name, plainOf(attribute)]));
