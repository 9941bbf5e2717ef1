import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { readZipDirectory } from '../../../functions/archive/zip-directory.ts';
import type { JobSettings } from '../../../functions/core/job.ts';
import { inputRef } from '../../../functions/core/object-keys.ts';
import type { ImageInfo } from '../../../functions/image/image.ts';
import { openImage } from '../../../functions/image/tiff/image.ts';
import { writeTiff } from '../../../functions/image/tiff/writer.ts';
import { labelOutlines } from '../../../functions/regions/label-outlines.ts';
import { hasPixel, runsOfOutline } from '../../../functions/regions/region-runs.ts';
import { readRoi } from '../../../functions/regions/roi-file.ts';
import { readRoiSet } from '../../../functions/regions/roi-set.ts';
import { roiBytes } from '../../../functions/regions/roi-writer.ts';
import { predictFile } from '../../../functions/stages/predict/predict.ts';
import { collect, memorySource } from '../../support/memory-source.ts';
import { stageWorld } from '../../support/stage-world.ts';
import { thresholdEngine } from '../../support/threshold-engine.ts';
import { unzipped } from '../../support/unzipped.ts';

const planeOf = (rows: readonly string[]) => ({
  height: rows.length,
  width: rows[0]!.length,
  data: Uint16Array.from([...rows.join('')].map(Number)),
});

describe('the outlines of labels', () => {
  it.each([
    ['of one pixel', ['000', '010', '000'], { 1: 1 }],
    ['that fill the plane', ['11', '11'], { 1: 1 }],
    ['with a hole', ['1111', '1011', '1111'], { 1: 2 }],
    ['of two parts', ['1100', '0000', '0011'], { 1: 2 }],
    ['whose pixels touch at a corner', ['10', '01'], { 1: 2 }],
    ['that touch each other', ['1122', '1132', '3332'], { 1: 1, 2: 1, 3: 1 }],
    ['one within another', ['1111', '1221', '1111'], { 1: 2, 2: 1 }],
  ])('%s, as a ROI, hold their pixels and no others', async (_, rows, loops) => {
    const plane = planeOf(rows);
    const outlines = await labelOutlines(plane);
    expect(Object.fromEntries([...outlines].map(([label, own]) => [label, own.length]))).toEqual(loops);
    const held = new Uint16Array(plane.data.length);
    for (const [label, own] of outlines) {
      const roi = readRoi(roiBytes(own, { name: `${label}`, plane: {} }), 'made');
      expect([roi.name, roi.kind]).toEqual([`${label}`, own.length === 1 ? 'traced' : 'composite']);
      const runs = runsOfOutline(roi.outline!, plane)!;
      held.forEach((_none, i) => {
        if (hasPixel(runs, i % plane.width, Math.floor(i / plane.width))) held[i]! += label;
      });
    }
    expect(held).toEqual(plane.data);
  });
});

/** Planes of digits, each an image of an object where it is not 0. */
async function predicted(planes: readonly string[][], axes: Partial<ImageInfo>, settings: Partial<JobSettings>) {
  const size = { height: planes[0]!.length, width: planes[0]![0]!.length, samples: 1, type: 'uint16' as const };
  const info = { ...size, positions: 1, times: 1, depths: 1, channels: 1, channelNames: [undefined], ...axes };
  const bytes = await collect(
    writeTiff(
      info,
      planes.map((rows) => ({ ...size, data: planeOf(rows).data })),
    ),
  );
  const world = await stageWorld(settings);
  const path = 'day 1/a.tif';
  await world.jobs.expect(world.job, [{ path, bytes: bytes.length }]);
  await world.objects.put(inputRef(world.job, path), bytes);
  const result = await predictFile(
    { ...world.job, path },
    {
      ...world,
      model: async () => ({ engine: thresholdEngine(), input: { channelCount: 1 } }),
      planesAhead: 2,
      admit: async () => () => {},
    },
  );
  const results = await world.objectsIn('results');
  return {
    result,
    kinds: Object.keys(results).map((key) => key.slice(path.length + 1)),
    of: (kind: string) => results[`${path}/${kind}`]!,
  };
}

const cells = ['1002', '0002', '0000'];

describe('the labels of an image', () => {
  it('are written once where nothing else is asked for', async () => {
    const { kinds } = await predicted([cells], {}, {});
    expect(kinds.sort()).toEqual(['labels.tif', 'measurements.csv', 'preview.png', 'summary.json']);
  });

  it('are ROIs, too, that are called by their numbers', async () => {
    const { of, result } = await predicted([cells], {}, { rois: true });
    expect(result).toMatchObject({ summary: { settings: { rois: true } } });
    const rois = await readRoiSet(memorySource(of('rois.zip')), 'rois.zip');
    expect(rois.map(({ name, kind, position }) => ({ name, kind, position }))).toEqual([
      { name: '1', kind: 'traced', position: {} },
      { name: '2', kind: 'traced', position: {} },
    ]);
    expect(rois.map(({ outline }) => runsOfOutline(outline!, { height: 3, width: 4 })!.area)).toEqual([1, 2]);
  });

  it.each([
    ['a stack', { depths: 2 }, { slice: 1 }, '2_z2'],
    ['a stack of two channels', { depths: 2, channels: 2 }, { depth: 1 }, '2_z2'],
    ['a recording', { times: 2 }, { slice: 1 }, '2_t2'],
    ['a recording of stacks', { times: 2, depths: 2 }, { depth: 1, time: 1 }, '2_t2_z2'],
  ] satisfies [string, Partial<ImageInfo>, object, string][])(
    'of %s are ROIs of their planes',
    async (_, axes: Partial<ImageInfo>, position, name) => {
      const count = (axes.depths ?? 1) * (axes.times ?? 1) * (axes.channels ?? 1);
      const named = { ...axes, ...(axes.channels && { channelNames: ['DAPI', 'GFP'] }) };
      const { of } = await predicted(
        Array.from({ length: count }, () => cells),
        named,
        { rois: true },
      );
      const rois = await readRoiSet(memorySource(of('rois.zip')), 'rois.zip');
      expect(rois.at(-1)).toMatchObject({ name, position });
      const entries = await readZipDirectory(memorySource(of('rois.zip')));
      expect(new Set(entries.map((entry) => entry.name)).size).toBe(entries.length);
    },
  );

  it('are OME-TIFF, too, with the same labels, axes and sizes', async () => {
    const pixelSize = { x: 0.5, y: 0.25, z: 2 };
    const axes = { times: 2, depths: 2, pixelSize, timeStep: 30 };
    const { of, kinds } = await predicted([cells, cells, cells, cells], axes, { ome: true });
    expect(kinds).toContain('labels.ome.tif');
    const [usual, ome] = await Promise.all(
      ['labels.tif', 'labels.ome.tif'].map((kind) => openImage(memorySource(of(kind)), { name: kind })),
    );
    expect(of('labels.ome.tif').toString('latin1')).toContain('SizeZ="2" SizeT="2" PhysicalSizeX="0.5"');
    expect(ome!.info).toEqual(usual!.info);
    expect(ome!.notes).toEqual([]);
    const last = { position: 0, time: 1, depth: 1, channel: 0 };
    expect((await ome!.readPlane(last)).data).toEqual((await usual!.readPlane(last)).data);
  });

  it('are OME-Zarr in one file, too, with the same labels, axes and sizes', async () => {
    const pixelSize = { x: 0.5, y: 0.25, z: 2 };
    const axes = { times: 2, depths: 2, pixelSize, timeStep: 30 };
    const empty = cells.map((row) => row.replaceAll(/\d/g, '0'));
    const { of, result } = await predicted([cells, cells, empty, cells], axes, { zarr: true });
    expect(result).toMatchObject({ summary: { settings: { zarr: true } } });
    const entries = await readZipDirectory(memorySource(of('labels.ozx')));
    expect(entries.map(({ name, method }) => [name, method])).toEqual(
      ['zarr.json', '0/zarr.json', '0/c/0/0/0/0', '0/c/0/1/0/0', '0/c/1/1/0/0'].map((name) => [name, 0]),
    );
    const files = await unzipped(of('labels.ozx'));
    const { ome } = JSON.parse(files.get('zarr.json')!.toString()).attributes;
    expect(ome).toEqual({
      version: '0.5',
      multiscales: [
        {
          name: 'labels',
          axes: [
            { name: 't', type: 'time', unit: 'second' },
            { name: 'z', type: 'space', unit: 'micrometer' },
            { name: 'y', type: 'space', unit: 'micrometer' },
            { name: 'x', type: 'space', unit: 'micrometer' },
          ],
          datasets: [{ path: '0', coordinateTransformations: [{ type: 'scale', scale: [30, 2, 0.25, 0.5] }] }],
          type: 'nearest',
        },
      ],
      'image-label': {},
    });
    const labels = await openImage(memorySource(of('labels.tif')));
    const { data } = await labels.readPlane({ position: 0, time: 1, depth: 1, channel: 0 });
    const chunk = gunzipSync(files.get('0/c/1/1/0/0')!);
    const stored = new Uint16Array(chunk.buffer, chunk.byteOffset, chunk.length / 2);
    expect(cells.flatMap((_, row) => [...stored.subarray(1024 * row, 1024 * row + 4)])).toEqual([...data]);
  });
});
