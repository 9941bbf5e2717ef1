/** A property that changes; a side is absent where there was or will be none. */
export interface PropertyChange {
  /** `environment.variables.MODEL`, `rules[0].action`. */
  property: string;
  before?: unknown;
  after?: unknown;
}

interface StateOf {
  inputs?: unknown;
  outputs?: unknown;
}

type Diffs = Record<string, { inputDiff?: boolean }>;

/**
 * What the engine's comparison of one resource says, with both values; the engine writes `[secret]` for what is one. Without
 * a comparison by property only their names are known.
 */
export function propertyChanges(
  diffs: Diffs | null | undefined,
  names: readonly string[] | null | undefined,
  { before, after }: { before: StateOf | undefined; after: StateOf | undefined },
): PropertyChange[] {
  const compared = diffs ?? Object.fromEntries((names ?? []).map((name) => [name, { inputDiff: true }]));
  return Object.entries(compared).flatMap(([property, { inputDiff = false }]) => {
    const path = stepsOf(property);
    const old = valueAt(before?.inputs, path) ?? (inputDiff ? undefined : valueAt(before?.outputs, path));
    const next = valueAt(after?.inputs, path);
    // An empty value of the provider in place of none, in lists whose other members change: nobody set either.
    if (old === undefined && next === undefined) return [];
    return [{ property, ...(old !== undefined && { before: old }), ...(next !== undefined && { after: next }) }];
  });
}

/** The engine's paths: `a.b[0]["c.d"]`. */
const stepsOf = (path: string): string[] =>
  [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, word]) => quoted?.replaceAll('\\"', '"') ?? index ?? word!,
  );

function valueAt(value: unknown, path: readonly string[]): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<string, unknown>)[step];
  }
  return at;
}
