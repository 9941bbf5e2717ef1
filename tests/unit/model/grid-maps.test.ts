import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openEngine } from '../../../functions/model/engine/engine.ts';
import { type ModelPackage, openModel, tileRules } from '../../../functions/model/package/package.ts';
import type { Maps } from '../../../functions/ports/predictor.ts';
import { fixtureModel, fixtureYaml, modelFolder, planeOf, randomNumbers } from '../../support/models.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const random = randomNumbers(5);
const plane = planeOf(75, 131, () => Math.floor(random() * 4000));

async function predict(model: ModelPackage, workers = 1): Promise<Maps> {
  await using engine = await openEngine(model, { workers });
  return await engine.predict([plane]);
}

/** A copy of a fixture whose description is changed. */
async function changed(name: string, edits: [from: string | RegExp, to: string][]): Promise<ModelPackage> {
  await using folder = await temporaryFolder();
  await cp(modelFolder(name), folder.path, { recursive: true });
  const before = await fixtureYaml(name);
  const after = edits.reduce((text, [from, to]) => text.replaceAll(from, to), before);
  expect(after).not.toBe(before);
  await writeFile(join(folder.path, 'bioimageio.yaml'), after);
  return await openModel(folder.path);
}

describe('a network with one sample every two pixels', () => {
  it('gives maps of half the size, rounded up', async () => {
    const maps = await predict(await fixtureModel('stars'));
    expect(maps).toMatchObject({ height: 38, width: 66, grid: 2 });
    expect(maps.names).toHaveLength(9);
    expect(maps.data.map((map) => map.length)).toEqual(Array(9).fill(38 * 66));
  });

  it('is tiled so that nothing shows, on its own grid', async () => {
    const model = await fixtureModel('stars');
    const settings = { ...model.description.settings, tile: 512 };
    const whole = await predict({ ...model, description: { ...model.description, settings } });
    expect((await predict(model, 2)).data).toEqual(whole.data);
  });

  it('goes on where an earlier call stopped', async () => {
    await using engine = await openEngine(await fixtureModel('stars'), { workers: 1 });
    const begun = await engine.predictRows([plane], { halt: () => true });
    expect(begun.rows).toBeLessThan(75);
    const rest = await engine.predictRows([plane], { begun, halt: () => false });
    expect(rest.rows).toBe(75);
    expect(rest.maps.data).toEqual((await engine.predict([plane])).data);
  });

  it('reads the same of a description in format 0.5', async () => {
    const model = await changed('unet', [
      ['{min: 16, step: 2}', '{min: 16, step: 4}'],
      [/offset: 0}, halo: 8/g, 'offset: 0}, scale: 2, halo: 4'],
      ['[foreground, boundary]', '[probability, a, b, c]'],
      ['{tile: 64}', '{instances: {method: stardist}}'],
    ]);
    expect(model.description.outputs[0]).toMatchObject({ grid: 2, crop: 0, halo: 8 });
    expect(tileRules(model.description)).toMatchObject({ grid: 2, halo: 8 });
  });

  it('rounds a halo up to whole samples', async () => {
    const model = await changed('stars', [['{tile: 32}', '{tile: 32, halo: 5}']]);
    expect(tileRules(model.description).halo).toBe(6);
  });
});

describe('config.stardist', () => {
  it('gives thresholds and grid of the network, below our own settings', async () => {
    const { settings } = (await fixtureModel('stars')).description;
    expect(settings.instances).toEqual({ method: 'stardist', threshold: 0.479071, overlap: 0.3, cell: 2, minArea: 0 });
    const own = await changed('stars', [['{tile: 32}', '{instances: {method: stardist, threshold: 0.7}}']]);
    expect(own.description.settings.instances).toMatchObject({ threshold: 0.7, overlap: 0.3, cell: 2 });
  });

  it('is left aside where another method is chosen', async () => {
    const both = '{instances: {method: threshold}}, stardist: {config: {n_dim: 3}}';
    const { settings } = (await changed('unet', [['{tile: 64}', both]])).description;
    expect(settings.instances.method).toBe('threshold');
  });
});

describe('refusals', () => {
  type Edit = [from: string | RegExp, to: string];
  it.each<[what: string, code: 'modelBroken' | 'modelUnsupported', why: RegExp, ...edits: Edit[]]>([
    ['a 3-D network', 'modelUnsupported', /^config\.stardist\.config\.n_dim: a network of 3/, ['n_dim: 2', 'n_dim: 3']],
    ['classes', 'modelUnsupported', /n_classes: a network with classes/, ['n_classes: null', 'n_classes: 4']],
    ['rays that are no maps', 'modelBroken', /32 rays and a probability in 9 maps/, ['n_rays: 8', 'n_rays: 32']],
    ['a grid that differs', 'modelUnsupported', /a grid of 2 by 4/, ['grid: [2, 2]', 'grid: [2, 4]']],
    [
      'a grid finer than the maps',
      'modelBroken',
      /cell: 1 is no multiple of the maps' grid of 2/,
      ['grid: [2, 2]', 'grid: [1, 1]'],
    ],
    [
      'a threshold above 1',
      'modelBroken',
      /^config\.labdeploy\.instances\.threshold: /,
      ['prob: 0.479071', 'prob: 1.5'],
    ],
    [
      'a setting of another method',
      'modelBroken',
      /nms_thresh/,
      ['{tile: 32}', '{instances: {method: stardist, nms_thresh: 0.3}}'],
    ],
    [
      'smaller maps for the watershed',
      'modelUnsupported',
      /^outputs: maps of one sample every 2 pixels/,
      ['{tile: 32}', '{instances: {method: watershed}}'],
    ],
    [
      'a size that is no multiple',
      'modelUnsupported',
      /^inputs\.0: sizes of 16 by 3/,
      ['[0, 0, 4, 4]}}', '[0, 0, 3, 3]}}'],
    ],
    [
      'a margin too',
      'modelUnsupported',
      /^outputs\.0\.shape: /,
      ['offset: [0, 4.5, 0, 0]', 'offset: [0, 4.5, -1, -1]'],
    ],
    ['a third of a pixel', 'modelUnsupported', /0\.4 times as large/, ['0.5, 0.5]', '0.4, 0.4]']],
    [
      'an unknown method',
      'modelBroken',
      /instances\.?[a-z]*: the methods are watershed, threshold, labels, stardist and cellpose/,
      ['{tile: 32}', '{instances: {method: nms}}'],
    ],
    [
      'a map that is not there',
      'modelBroken',
      /probability: there is no map cells/,
      ['{tile: 32}', '{instances: {method: stardist, probability: cells}}'],
    ],
  ])('%s', async (_what, code, why, ...edits) => {
    await expect(changed('stars', edits)).rejects.toMatchObject({ code, advice: { why: expect.stringMatching(why) } });
  });

  it.each<[what: string, why: RegExp, settings: string]>([
    ['two maps for Cellpose', /cellpose needs 3 maps or more \(there are foreground, boundary\)/, '{method: cellpose}'],
    ['two maps for StarDist', /stardist needs 4 maps or more/, '{method: stardist}'],
  ])('%s', async (_what, why, settings) => {
    await expect(changed('unet', [['{tile: 64}', `{instances: ${settings}}`]])).rejects.toMatchObject({
      code: 'modelBroken',
      advice: { why: expect.stringMatching(why) },
    });
  });

  it('one map for two of Cellpose', async () => {
    const settings = '{instances: {method: cellpose, flowY: b, flowX: b}}';
    const edits: Edit[] = [
      ['{tile: 64}', settings],
      ['[foreground, boundary]', '[a, b, c]'],
    ];
    await expect(changed('unet', edits)).rejects.toMatchObject({
      code: 'modelBroken',
      advice: { why: expect.stringMatching(/flowY, flowX and probability are not three maps/) },
    });
  });
});
