import { gunzipSync } from 'node:zlib';
import { expect, it } from '@jest/globals';
import { omeZarrLabels } from '../../functions/image/ome-zarr.ts';

const [height, width] = [1030, 2049];
/** Of a pixel of the plane. */
const label = (row: number, column: number): number => (row * 65_537 + column) % 90_001;

const info = { height, width, positions: 1, times: 1, depths: 1, type: 'uint32' as const };
const plane = (of: typeof label) => ({
  ...{ height, width, samples: 1, type: 'uint32' as const },
  data: Uint32Array.from({ length: height * width }, (_, i) => of(Math.floor(i / width), i % width)),
});

async function filesOf(facts: Parameters<typeof omeZarrLabels>[0], planes: ReturnType<typeof plane>[]) {
  async function* each() {
    yield* planes;
  }
  const files = new Map<string, Uint8Array>();
  for await (const { name, data } of omeZarrLabels(facts, each())) files.set(name, data);
  const json = (name: string) => JSON.parse(Buffer.from(files.get(name)!).toString());
  /** A label of a level, of the chunk that it must be in. */
  const at = (level: number, row: number, column: number): number => {
    const chunk = gunzipSync(files.get(`${level}/c/${row >> 10}/${column >> 10}`)!);
    return chunk.readUInt32LE(4 * (1024 * (row & 1023) + (column & 1023)));
  };
  return { files, json, at };
}

it('labels as OME-Zarr halve to one chunk, by every second pixel', async () => {
  const { files, json, at } = await filesOf(info, [plane(label)]);
  const chunks = (rows: number, columns: number) =>
    Array.from({ length: rows * columns }, (_, i) => `c/${Math.floor(i / columns)}/${i % columns}`);
  expect([...files.keys()]).toEqual([
    ...['zarr.json', '0/zarr.json', '1/zarr.json', '2/zarr.json'],
    ...chunks(2, 3).map((name) => `0/${name}`),
    ...chunks(1, 2).map((name) => `1/${name}`),
    '2/c/0/0',
  ]);
  expect([0, 1, 2].map((level) => json(`${level}/zarr.json`).shape)).toEqual([
    [1030, 2049],
    [515, 1025],
    [258, 513],
  ]);
  expect(json('0/zarr.json')).toMatchObject({ node_type: 'array', data_type: 'uint32', dimension_names: ['y', 'x'] });
  for (const [level, row, column] of [
    ...[[0, 1029, 2048] as const, [0, 1023, 1024] as const, [1, 514, 1024] as const, [2, 257, 512] as const],
    [2, 100, 3] as const,
  ])
    expect(at(level, row, column)).toBe(label(row << level, column << level));
  expect(at(0, 1030, 0)).toBe(0); // beyond the plane, in its last chunk
  const [{ axes, datasets }] = json('zarr.json').attributes.ome.multiscales;
  expect(axes).toEqual([
    { name: 'y', type: 'space' },
    { name: 'x', type: 'space' },
  ]);
  expect(datasets[2].coordinateTransformations).toEqual([{ type: 'scale', scale: [4, 4] }]);
});

it('positions as OME-Zarr are an image each, documents first', async () => {
  const small = { ...info, height: 2, width: 3, positions: 2, depths: 2 };
  const planes = [1, 2, 0, 4].map((value) => ({
    ...{ height: 2, width: 3, samples: 1, type: 'uint32' as const },
    data: Uint32Array.of(value, 0, 0, 0, 0, value),
  }));
  const { files, json } = await filesOf(small, planes);
  expect([...files.keys()]).toEqual([
    ...['zarr.json', '0/zarr.json', '1/zarr.json', '0/0/zarr.json', '1/0/zarr.json'],
    ...['0/0/c/0/0/0', '0/0/c/1/0/0', '1/0/c/1/0/0'],
  ]);
  expect(json('zarr.json')).toEqual({
    ...{ zarr_format: 3, node_type: 'group' },
    attributes: { ome: { version: '0.5', 'bioformats2raw.layout': 3 } },
  });
  expect(json('1/zarr.json').attributes.ome.multiscales[0].axes).toHaveLength(3);
});
