import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Maps and the objects that a reference implementation finds in them (tests/fixtures/instances/make.py). */
export interface InstanceCase {
  name: string;
  height: number;
  width: number;
  grid: number;
  /** Of a row of the maps. */
  columns: number;
  /** Pixels of the plane that the network saw, over those of the plane. */
  factor: number;
  settings: { method: string } & Record<string, unknown>;
  objects: number;
  /** One a channel of the network. */
  maps: Float32Array[];
  /** Of the plane; only which pixels are together counts. */
  labels: Uint16Array;
}

type Stored = Omit<InstanceCase, 'name' | 'maps' | 'labels'> & {
  method: string;
  arrays: { name: string; shape: number[]; type: keyof typeof types; scale: number }[];
};

const types = { float32: Float32Array, int16: Int16Array, uint16: Uint16Array };
const folder = join(import.meta.dirname, '..', 'fixtures', 'instances');

const stored = (): Record<string, Stored> => JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8'));

/** Cases of a method, in order of names. */
export const instanceCases = (method: 'stardist' | 'cellpose'): string[] =>
  Object.entries(stored())
    .filter(([, each]) => each.method === method)
    .map(([name]) => name);

export function readInstanceCase(name: string): InstanceCase {
  const { method, settings, arrays, ...rest } = stored()[name]!;
  const bytes = Uint8Array.from(gunzipSync(readFileSync(join(folder, `${name}.bin.gz`))));
  const values: Record<string, number[]> = {};
  let at = 0;
  for (const { name: array, shape, type, scale } of arrays) {
    const length = shape.reduce((product, extent) => product * extent, 1);
    const View = types[type];
    values[array] = Array.from(new View(bytes.buffer, at, length), (value) => value / scale);
    at += length * View.BYTES_PER_ELEMENT;
  }
  const samples = arrays[0]!.shape.slice(-2).reduce((product, extent) => product * extent, 1);
  const all = Float32Array.from([...values.maps!, ...(values.rays ?? [])]);
  const maps = Array.from({ length: all.length / samples }, (_, i) => all.slice(i * samples, (i + 1) * samples));
  return { ...rest, name, settings: { ...settings, method }, maps, labels: Uint16Array.from(values.labels!) };
}
