import type { CellposeSettings, InstanceSettings, StardistSettings, WatershedSettings } from './settings.ts';

/** Names of all maps, in the order in which the engine gives them. */
export const mapNames = ({ outputs }: { outputs: readonly { channels: readonly string[] }[] }): string[] =>
  outputs.flatMap(({ channels }) => channels);

/** Which map is which: by the settings' names, else by what the names say, else the first is the foreground. */
export function mapRoles(
  names: readonly string[],
  settings: WatershedSettings,
): { foreground: number; boundary: number | undefined; distance: number | undefined } {
  const isClass = (name: string): boolean => settings.classes?.includes(name) === true;
  const find = (named: string | undefined, guess: RegExp): number | undefined => {
    const at = names.findIndex((name) => (named === undefined ? guess.test(name) && !isClass(name) : name === named));
    return at < 0 ? undefined : at;
  };
  const boundary = find(settings.boundary, /bound|border|edge|contour/i);
  const distance = find(settings.distance, /^dist/i);
  const rest = names.findIndex((name, i) => i !== boundary && i !== distance && !isClass(name));
  const foreground = find(settings.foreground, /foreground|^fg$|prob|nucle|cell|mask/i) ?? Math.max(rest, 0);
  return {
    foreground,
    boundary: boundary === foreground ? undefined : boundary,
    distance: distance === foreground ? undefined : distance,
  };
}

/** Which of all maps says what belongs to objects; undefined where it has the objects already. */
export function foregroundIndex(names: readonly string[], instances: InstanceSettings): number | undefined {
  switch (instances.method) {
    case 'labels':
      return undefined;
    case 'stardist':
      return starRoles(names, instances).probability;
    case 'cellpose':
      return flowRoles(names, instances).probability;
    default:
      return mapRoles(names, instances).foreground;
  }
}

const named = (names: readonly string[], name: string | undefined, otherwise: number): number =>
  name === undefined ? otherwise : names.indexOf(name);

/** Maps of a StarDist network: probability, and the rays in their order. */
export function starRoles(
  names: readonly string[],
  { probability }: Pick<StardistSettings, 'probability'>,
): { probability: number; rays: number[] } {
  const at = named(names, probability, 0);
  return { probability: at, rays: names.map((_, i) => i).filter((i) => i !== at) };
}

/** Maps of a Cellpose network. */
export const flowRoles = (
  names: readonly string[],
  { flowY, flowX, probability }: Pick<CellposeSettings, 'flowY' | 'flowX' | 'probability'>,
): { y: number; x: number; probability: number } => ({
  y: named(names, flowY, 0),
  x: named(names, flowX, 1),
  probability: named(names, probability, 2),
});
