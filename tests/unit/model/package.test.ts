import { appendFile, cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openModel, tileRules } from '../../../functions/model/package/package.ts';
import { fixtureModel, fixtureYaml, modelFolder } from '../../support/models.ts';
import { describeWithSharedData, sharedData } from '../../support/shared-data.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { buildZip } from '../../support/zip-builder.ts';

describe('openModel', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(async () => {
    await folder[Symbol.asyncDispose]();
  });

  /** A copy of a fixture whose description is changed. */
  async function changed(name: string, ...edits: [from: string | RegExp, to: string][]): Promise<string> {
    const copy = join(folder.path, 'model');
    await cp(modelFolder(name), copy, { recursive: true });
    const before = await fixtureYaml(name);
    const after = edits.reduce((text, [from, to]) => text.replaceAll(from, to), before);
    if (edits.length > 0) expect(after).not.toBe(before);
    await writeFile(join(copy, 'bioimageio.yaml'), after);
    return copy;
  }

  it('reads format 0.5', async () => {
    const { identity, description, weights } = await fixtureModel('unet');
    expect(identity).toEqual({
      name: 'UNet',
      version: '1.0.0',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      definition: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(weights.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(description.input).toMatchObject({
      axes: ['batch', 'channel', 'y', 'x'],
      channels: ['grey'],
      y: { min: 16, step: 2 },
      x: { min: 16, step: 2 },
      preprocessing: [{ kind: 'zeroMean', joint: false, eps: 1e-6 }],
    });
    expect(description.outputs).toMatchObject([
      { id: 'maps', channels: ['foreground', 'boundary'], crop: 0, halo: 8, postprocessing: [{ kind: 'sigmoid' }] },
    ]);
    expect(tileRules(description)).toMatchObject({ halo: 8, target: 64 });
  });

  it('reads format 0.4', async () => {
    const { description } = await fixtureModel('fixed');
    expect(description.input).toMatchObject({
      axes: ['batch', 'y', 'x', 'channel'],
      channels: [undefined, undefined],
      y: { min: 32, step: 0 },
      preprocessing: [{ kind: 'affine', gain: [1, 2], offset: [0, 1] }],
      test: { path: 'test_input.npy' },
    });
    expect(description.outputs).toMatchObject([{ id: 'difference', channels: ['difference'], halo: 4, crop: 0 }]);
  });

  it('reads the margin that a model cuts off', async () => {
    expect((await fixtureModel('valid')).description.outputs[0]).toMatchObject({ crop: 1, halo: 0 });
  });

  it('gives a package without settings of ours the defaults', async () => {
    expect((await fixtureModel('identity')).description.settings).toEqual({
      instances: { method: 'watershed', threshold: 0.6, sigma: 1, minArea: 15 },
    });
  });

  it('reads a zip, also of the folder', async () => {
    const names = ['bioimageio.yaml', 'weights.onnx'];
    for (const [zip, prefix] of [
      ['flat.zip', ''],
      ['nested.zip', 'unet/'],
    ] as const) {
      const entries = await Promise.all(
        names.map(async (name) => ({ name: prefix + name, data: await readFile(join(modelFolder('unet'), name)) })),
      );
      await writeFile(join(folder.path, zip), buildZip({ entries }));
      const fromZip = await openModel(join(folder.path, zip));
      const fromFolder = await fixtureModel('unet');
      expect(fromZip.identity).toEqual(fromFolder.identity);
      expect(fromZip.weights).toEqual(fromFolder.weights);
    }
  });

  it('says that a path without a package has no model', async () => {
    await expect(openModel(join(folder.path, 'none'))).rejects.toMatchObject({ code: 'modelMissing' });
    await expect(openModel(folder.path)).rejects.toMatchObject({ code: 'modelMissing' });
    await writeFile(join(folder.path, 'a.zip'), buildZip({ entries: [{ name: 'readme', data: Buffer.from('x') }] }));
    await expect(openModel(join(folder.path, 'a.zip'))).rejects.toMatchObject({ code: 'modelMissing' });
  });

  it('refuses a zip that is cut off', async () => {
    await writeFile(join(folder.path, 'a.zip'), 'PK\u0003\u0004');
    await expect(openModel(join(folder.path, 'a.zip'))).rejects.toMatchObject({ code: 'modelBroken' });
  });

  it('refuses weights that are not those of the description', async () => {
    const path = await changed('unet');
    await appendFile(join(path, 'weights.onnx'), 'x');
    await expect(openModel(path)).rejects.toMatchObject({
      code: 'modelBroken',
      advice: { why: expect.stringMatching(/^weights\.onnx has sha256 [0-9a-f]{64}, not [0-9a-f]{64}$/) },
    });
  });

  it('names weights that are not there', async () => {
    const path = await changed('unet');
    await rm(join(path, 'weights.onnx'));
    await expect(openModel(path)).rejects.toMatchObject({
      code: 'modelBroken',
      advice: { why: 'weights.onnx is missing from the package' },
    });
  });

  type Edit = [from: string | RegExp, to: string];
  it.each<[what: string, code: 'modelBroken' | 'modelUnsupported', why: RegExp, ...edits: Edit[]]>([
    ['a description that is no YAML', 'modelBroken', /^bioimageio\.yaml: /, ['name: UNet', 'name: "UNet']],
    ['a missing name', 'modelBroken', /^name: /, ['name: UNet\n', '']],
    ['another format', 'modelUnsupported', /^format_version: 0\.3\.2/, ['0.5.4', '0.3.2']],
    [
      'another kind of package',
      'modelUnsupported',
      /^type: a package of type dataset/,
      ['type: model', 'type: dataset'],
    ],
    [
      'no ONNX weights',
      'modelUnsupported',
      /^weights: no ONNX weights \(there are torchscript\)/,
      ['onnx:', 'torchscript:'],
    ],
    [
      'weights on the web',
      'modelUnsupported',
      /outside the package, https:/,
      ['source: weights', 'source: https://a.b/weights'],
    ],
    [
      'weights in the folder above',
      'modelBroken',
      /^file \.\.\/weights\.onnx: the path holds '\.\.'/,
      ['source: weights', 'source: ../weights'],
    ],
    [
      'a second file that the weights do not use',
      'modelBroken',
      /^weights\.onnx\.external_data: the weights have no tensors in a$/,
      ['opset_version', 'external_data: {source: a}, opset_version'],
    ],
    [
      'a third dimension',
      'modelUnsupported',
      /^inputs\.0\.axes\.2: an axis z of more than one plane/,
      ['{type: space, id: y, size: {min', '{type: space, id: z, size: {min'],
    ],
    ['time', 'modelUnsupported', /an axis time of more than one plane/, ['- {type: batch}', '- {type: time, size: 3}']],
    [
      'a tensor without columns',
      'modelUnsupported',
      /^inputs\.0\.axes: a tensor without one x axis/,
      [/ +- {type: space, id: x, size: {min.*\n/g, ''],
    ],
    [
      'several inputs',
      'modelUnsupported',
      /^inputs: 2 input tensors \(raw, more\)/,
      ['outputs:', '  - {id: more, axes: [{type: batch}, {type: space, size: 1}]}\noutputs:'],
    ],
    [
      'an unknown operation',
      'modelUnsupported',
      /^outputs\.0\.postprocessing\.0: the operation cellpose_flow_dynamics/,
      ['sigmoid', 'cellpose_flow_dynamics'],
    ],
    [
      'statistics of a dataset',
      'modelUnsupported',
      /mode per_dataset/,
      ['axes: [y, x]', 'axes: [y, x], mode: per_dataset'],
    ],
    [
      'statistics along channels only',
      'modelUnsupported',
      /statistics over the axes channel/,
      ['axes: [y, x]', 'axes: [channel]'],
    ],
    [
      'a wrong argument',
      'modelBroken',
      /^inputs\.0\.preprocessing\.0\.kwargs\.eps: /,
      ['axes: [y, x]', 'axes: [y, x], eps: 3'],
    ],
    [
      'a larger output',
      'modelUnsupported',
      /an output 2 times as large as the input/,
      [/(axis_id: ., offset: 0})/g, '$1, scale: 0.5'],
    ],
    ['a padded output', 'modelUnsupported', /an output of 2 pixels more/, [/offset: 0/g, 'offset: 2']],
    [
      'a reference to nowhere',
      'modelBroken',
      /refers to other\.y/,
      ['{tensor_id: raw, axis_id: y', '{tensor_id: other, axis_id: y'],
    ],
    ['a misspelt setting of ours', 'modelBroken', /^config\.labdeploy: .*tiles/, ['{tile: 64}', '{tiles: 64}']],
    [
      'a setting out of range',
      'modelBroken',
      /^config\.labdeploy\.instances\.minArea: /,
      ['{tile: 64}', '{instances: {minArea: -1}}'],
    ],
    [
      'a map that is not there',
      'modelBroken',
      /^config\.labdeploy\.instances\.foreground: there is no map cells/,
      ['{tile: 64}', '{instances: {foreground: cells}}'],
    ],
    [
      'a class that is no map',
      'modelBroken',
      /^config\.labdeploy\.instances\.classes: there is no map glia/,
      ['{tile: 64}', '{instances: {classes: [foreground, glia]}}'],
    ],
    [
      'a halo that leaves nothing',
      'modelBroken',
      /a halo of 16 leaves nothing of a tile of 32/,
      ['{min: 16, step: 2}', '32'],
      ['halo: 8', 'halo: 16'],
    ],
  ])('refuses %s', async (_what, code, why, ...edits) => {
    await expect(openModel(await changed('unet', ...edits))).rejects.toMatchObject({
      code,
      advice: { why: expect.stringMatching(why) },
    });
  });

  it.each<[what: string, code: 'modelBroken' | 'modelUnsupported', why: RegExp, ...edits: Edit[]]>([
    [
      'depth',
      'modelUnsupported',
      /an axis z of more than one plane/,
      [/axes: byxc/g, 'axes: zyxc'],
      ['[1, 32, 32, 2]', '[2, 32, 32, 2]'],
    ],
    [
      'a resized output',
      'modelUnsupported',
      /an output 2 times as large/,
      ['shape: [1, 32, 32, 1]', 'shape: {reference_tensor: raw, scale: [1, 2, 2, 0], offset: [0, 0, 0, 0.5]}'],
    ],
    ['a shape of another length', 'modelBroken', /3 sizes for 4 axes/, ['[1, 32, 32, 2]', '[1, 32, 32]']],
  ])('refuses, in format 0.4, %s', async (_what, code, why, ...edits) => {
    await expect(openModel(await changed('fixed', ...edits))).rejects.toMatchObject({
      code,
      advice: { why: expect.stringMatching(why) },
    });
  });

  it('ignores fields that it does not know', async () => {
    const path = await changed('unet', ['type: model', 'type: model\nfancy: {new: [thing]}']);
    expect((await openModel(path)).description.name).toBe('UNet');
  });
});

describeWithSharedData('openModel on the real package', () => {
  it('reads it as it is', async () => {
    const { identity, description } = await openModel(sharedData('models/unet2d_nuclei_broad'));
    expect(identity).toMatchObject({
      name: 'UNet 2D Nuclei Broad',
      sha256: '85f5ac80fa977fea3562ef97c8c5950288be2c4f4cdb5d994807df97008ce088',
    });
    expect(tileRules(description)).toMatchObject({ y: { min: 512, step: 0 }, x: { min: 512, step: 0 }, halo: 32 });
    expect(description.outputs.map(({ channels }) => channels)).toEqual([['probability']]);
  });
});
