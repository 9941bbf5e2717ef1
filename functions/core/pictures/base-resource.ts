/** A picture that a recipe's container is given as target, chosen by the labels of an upload. */
export interface BaseResource {
  recipe: string;
  id: string;
  /** `{ theme, gender, skin }` of the shipped recipe; each value as an upload must give it. */
  labels: Record<string, string>;
  /** Shown beside the completed picture. */
  story: string;
  /** Milliseconds since 1970. */
  addedAt: number;
}

/** Those that fit every label by which the recipe chooses. */
export const fittingBases = (
  bases: readonly BaseResource[],
  by: readonly string[],
  labels: Readonly<Record<string, string>>,
): BaseResource[] => bases.filter((base) => by.every((name) => base.labels[name] === labels[name]));
