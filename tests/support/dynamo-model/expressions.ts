import { isDeepStrictEqual } from 'node:util';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Item = Record<string, AttributeValue>;

/** The terms of a request by which its expressions are read. */
export interface Terms {
  ExpressionAttributeNames?: Record<string, string> | undefined;
  ExpressionAttributeValues?: Item | undefined;
}

type Condition = (item: Item | undefined) => boolean;

/** Bytes of UTF-8 as text whose order is theirs, which is DynamoDB's. */
export const orderOf = (text: string): string => Buffer.from(text).toString('latin1');

const comparable = ({ S, N }: AttributeValue): string | number => (S === undefined ? Number(N) : orderOf(S));

const tokensOf = (expression: string): string[] => expression.match(/[#:]\w+|\w+|<=|>=|<>|[<>=(),]/g) ?? [];

/** Of the conditions that the stores write: comparisons, BETWEEN, IN, three functions, AND, OR and parentheses. */
export function conditionOf(expression: string | undefined, terms: Terms): Condition {
  if (expression === undefined) return () => true;
  const tokens = tokensOf(expression);
  const take = (): string => tokens.shift()!;
  const expectToken = (wanted: string) => {
    const token = take();
    if (token !== wanted) throw new Error(`'${wanted}' is missing before '${token}' in ${expression}`);
  };
  const name = (): string => attributeNamed(take(), terms);
  const value = (): AttributeValue => valueNamed(take(), terms);

  const disjunction = (): Condition => {
    const terms = [conjunction()];
    while (tokens[0] === 'OR' && take()) terms.push(conjunction());
    return (item) => terms.some((term) => term(item));
  };
  const conjunction = (): Condition => {
    const terms = [single()];
    while (tokens[0] === 'AND' && take()) terms.push(single());
    return (item) => terms.every((term) => term(item));
  };
  const single = (): Condition => {
    if (tokens[0] === '(') {
      take();
      const inner = disjunction();
      expectToken(')');
      return inner;
    }
    return tokens[0]!.startsWith('#') ? comparison() : call();
  };
  const call = (): Condition => {
    const what = take();
    expectToken('(');
    const attribute = name();
    if (what === 'begins_with') {
      expectToken(',');
      const start = value().S!;
      expectToken(')');
      return (item) => item?.[attribute]?.S?.startsWith(start) === true;
    }
    expectToken(')');
    if (what === 'attribute_exists') return (item) => item?.[attribute] !== undefined;
    if (what === 'attribute_not_exists') return (item) => item?.[attribute] === undefined;
    throw new Error(`no function ${what}`);
  };
  const comparison = (): Condition => {
    const attribute = name();
    const operator = take();
    if (operator === 'BETWEEN') {
      const from = comparable(value());
      expectToken('AND');
      const to = comparable(value());
      return holds(attribute, (each) => comparable(each) >= from && comparable(each) <= to);
    }
    if (operator === 'IN') {
      expectToken('(');
      const wanted = [value()];
      while (tokens[0] === ',' && take()) wanted.push(value());
      expectToken(')');
      return holds(attribute, (each) => wanted.some((one) => isDeepStrictEqual(one, each)));
    }
    const compare = comparisons[operator];
    const other = value();
    if (compare !== undefined) return holds(attribute, (each) => compare(each, other));
    throw new Error(`no operator ${operator}`);
  };

  const condition = disjunction();
  if (tokens.length > 0) throw new Error(`${expression} goes on with ${tokens.join(' ')}`);
  return condition;
}

const comparisons: Record<string, (a: AttributeValue, b: AttributeValue) => boolean> = {
  '=': (a, b) => isDeepStrictEqual(a, b),
  '<': (a, b) => comparable(a) < comparable(b),
  '<=': (a, b) => comparable(a) <= comparable(b),
  '>': (a, b) => comparable(a) > comparable(b),
};

const holds =
  (attribute: string, rule: (value: AttributeValue) => boolean): Condition =>
  (item) => {
    const value = item?.[attribute];
    return value !== undefined && rule(value);
  };

/** The item after `SET … REMOVE … ADD …`. */
export function updated(item: Item, expression: string, terms: Terms): Item {
  const next = { ...item };
  for (const [, action, body] of expression.matchAll(/(SET|REMOVE|ADD) (.*?)(?= SET | REMOVE | ADD |$)/g)) {
    for (const part of body!.split(', ')) {
      const [name, value] = part.split(/ = | /);
      const attribute = attributeNamed(name!, terms);
      if (action === 'REMOVE') delete next[attribute];
      else if (action === 'SET') next[attribute] = valueNamed(value!, terms);
      else next[attribute] = { N: String(Number(next[attribute]?.N ?? 0) + Number(valueNamed(value!, terms).N)) };
    }
  }
  return next;
}

function attributeNamed(token: string, { ExpressionAttributeNames: names = {} }: Terms): string {
  const name = names[token];
  if (name === undefined) throw new Error(`${token} is no name of the request`);
  return name;
}

function valueNamed(token: string, { ExpressionAttributeValues: values = {} }: Terms): AttributeValue {
  const value = values[token];
  if (value === undefined) throw new Error(`${token} is no value of the request`);
  return value;
}
