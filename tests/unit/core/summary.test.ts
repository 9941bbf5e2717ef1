import { describe, expect, it } from '@jest/globals';
import {
  type FileSummary,
  fileSummary,
  summaryHeader,
  summaryRow,
  withCounts,
} from '../../../functions/core/summary.ts';

const summary: FileSummary = {
  path: 'cells/a, 1.tif',
  sha256: 'a'.repeat(64),
  bytes: 1234,
  height: 480,
  width: 640,
  samples: 1,
  type: 'uint16',
  positions: 2,
  times: 3,
  depths: 5,
  channels: 2,
  channel: { index: 1, name: 'DAPI' },
  pixelSize: { x: 0.5, y: 0.25, z: 2 },
  timeStep: 60,
  scale: { factor: 3, diameterPx: 95.5, from: 'estimate' },
  objects: 7,
  counted: { planes: 'link', sections: 21, meanVolumeVoxels: 40 },
  meanAreaPx: 80,
  model: { name: 'nuclei', version: '0.1.0', sha256: 'b'.repeat(64), definition: 'c'.repeat(64) },
  settings: { channel: 'DAPI', probabilities: false },
  notes: ['left out: page 1 (a thumbnail)'],
  outputs: [
    { kind: 'labels.tif', bytes: 900 },
    { kind: 'measurements.csv', bytes: 120 },
  ],
};

describe('the summary of an image', () => {
  it('is one row under one header, with units in the names', () => {
    expect(summaryHeader()).toBe(
      'path,objects,mean_area_px,mean_area_um2,planes,width,height,positions,times,depths,channels,channel,channel_name,type,' +
        'pixel_size_x_um,pixel_size_y_um,pixel_size_z_um,time_step_s,reduced_by,diameter_px,model,model_version,notes,' +
        'counted,objects_per_plane,mean_volume_voxels,mean_volume_um3,classes\r\n',
    );
    expect(summaryRow(summary)).toBe(
      '"cells/a, 1.tif",7,80,10,30,640,480,2,3,5,2,1,DAPI,uint16,0.5,0.25,2,60,3,95.5,nuclei,0.1.0,left out: page 1 (a thumbnail),' +
        '"linked through 5 depths, tracked over 3 times, summed over 2 positions",0.7,40,10,\r\n',
    );
  });

  it('leaves cells empty for what the file does not say', () => {
    const { pixelSize, timeStep, meanAreaPx, scale, notes, counted, ...whole } = summary;
    const rest = { ...whole, positions: 1, times: 1, depths: 1 };
    expect(summaryRow({ ...rest, path: 'b.tif', channel: { index: 0 }, objects: 0 })).toBe(
      'b.tif,0,,,1,640,480,1,1,1,2,0,,uint16,,,,,1,,nuclei,0.1.0,,in one plane,0,,,\r\n',
    );
  });

  it('counts objects of each class in one cell', () => {
    expect(summaryRow({ ...summary, classes: { neuron: 4, glia: 3 } })).toMatch(/,"glia: 3; neuron: 4"\r\n$/);
  });

  it('has no area in micrometres without a pixel size', () => {
    const { pixelSize, ...rest } = summary;
    expect(summaryRow(rest).split(',').slice(2, 5)).toEqual(['7', '80', '']);
  });

  it('of an earlier version has no sum over planes as its objects', () => {
    const { counted, ...earlier } = summary;
    const { objects, ...rest } = earlier;
    expect(withCounts(earlier)).toEqual({ ...rest, counted: { planes: 'each', sections: 7 } });
    const field = { ...earlier, times: 1, depths: 1 };
    expect(withCounts(field)).toEqual({ ...field, counted: { planes: 'each', sections: 7 } });
    const one = { ...field, positions: 1 };
    expect(withCounts(one)).toEqual(one);
    expect(withCounts(summary)).toEqual(summary);
  });

  it('survives JSON unchanged', () => {
    expect(fileSummary.parse(JSON.parse(JSON.stringify(summary)))).toEqual(summary);
  });

  it.each([
    ['a negative count', { objects: -1 }],
    ['a size of zero', { height: 0 }],
    ['a short hash', { sha256: 'abc' }],
    ['an infinite pixel size', { pixelSize: { x: Number.POSITIVE_INFINITY, y: 1 } }],
  ])('refuses %s', (_name, change) => {
    expect(fileSummary.safeParse({ ...summary, ...change }).success).toBe(false);
  });
});
