import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { writeFeaturePackage } from '../../../cli/train/classifier-package.ts';
import { featureNames } from '../../../functions/forest/filter-graph.ts';
import { forestModel } from '../../../functions/forest/forest-model.ts';
import { randomFrom } from '../../../functions/forest/random.ts';
import { predictForest, trainForest } from '../../../functions/forest/random-forest.ts';
import { openEngine } from '../../../functions/model/engine/engine.ts';
import { openModel } from '../../../functions/model/package/package.ts';
import { itWithPython } from '../../support/python.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A size that the model takes as it is: nothing is added around it. */
const [height, width] = [96, 112];
const random = randomFrom(3);
const plane = {
  ...{ height, width, samples: 1, type: 'float32' as const },
  data: Float32Array.from({ length: height * width }, (_, i) => random() + Math.sin(i / 40)),
};

/** Maps of the plane by a package whose weights are these; of the features where there are none. */
async function mapsOf(weights?: Uint8Array): Promise<Float32Array[]> {
  await using folder = await temporaryFolder();
  await writeFeaturePackage(folder.path, weights);
  await using engine = await openEngine(await openModel(folder.path), { workers: 1 });
  return (await engine.predict([plane])).data.map((map) => map.slice());
}

it('a forest as ONNX says of every pixel what its trees say', async () => {
  const features = await mapsOf();
  const rows = Array.from(plane.data, (_, i) => features.map((map) => map[i]!));
  const classes = Uint8Array.from(rows, ([value, gaussian]) => (value! > 1 ? 2 : gaussian! > 0.5 ? 1 : 0));
  const samples = {
    features: Float32Array.from(rows.flat()),
    classes,
    featureCount: featureNames.length,
    classCount: 3,
  };
  const trees = trainForest(samples, { trees: 5, depth: 5, leastInLeaf: 3, seed: 1 });
  const mixing = featureNames.map((_, i) => (i === 0 ? [0, 1, 1] : i === 1 ? [0, 0, 1] : [0, 0, 0]));
  const [object, edge] = await mapsOf(forestModel(trees, mixing));
  let largest = 0;
  for (const [i, row] of rows.entries()) {
    const [, inside, beside] = predictForest(trees, row);
    largest = Math.max(largest, Math.abs(object![i]! - inside! - beside!), Math.abs(edge![i]! - beside!));
  }
  expect(largest).toBeLessThan(1e-6);
});

const reference = `
import sys
import numpy as np
from scipy import ndimage
plane = np.fromfile(sys.argv[1], np.float32).reshape(${height}, ${width}).astype(float)
found = np.fromfile(sys.argv[2], np.float32).reshape(-1, ${height}, ${width})
wanted = [plane]
for sigma in (1, 2, 4, 8):
    smooth = ndimage.gaussian_filter(plane, sigma, mode='nearest', truncate=4)
    first = lambda axis: ndimage.correlate1d(smooth, [-0.5, 0, 0.5], axis, mode='nearest')
    second = lambda axis: ndimage.correlate1d(smooth, [1, -2, 1], axis, mode='nearest')
    both = ndimage.correlate(smooth, np.array([[0.25, 0, -0.25], [0, 0, 0], [-0.25, 0, 0.25]]), mode='nearest')
    hessian = np.stack([second(0), both, both, second(1)], -1).reshape(${height}, ${width}, 2, 2)
    smallest, largest = np.moveaxis(np.linalg.eigvalsh(hessian), -1, 0)
    wanted += [smooth, np.hypot(first(0), first(1)), largest, smallest]
print(np.abs(np.array(wanted) - found).max())
`;

await itWithPython('the features of a pixel are those of scipy, with eigenvalues of numpy', async (python) => {
  await using folder = await temporaryFolder();
  const [raw, features] = ['raw', 'features'].map((name) => join(folder.path, name));
  await writeFile(raw!, plane.data);
  await writeFile(features!, Buffer.concat((await mapsOf()).map((map) => new Uint8Array(map.buffer))));
  const { stdout } = await promisify(execFile)(python, ['-c', reference, raw!, features!]);
  expect(Number(stdout)).toBeLessThan(2e-5); // of float32, in sums of up to 65 values
  expect(Number(stdout)).toBeGreaterThan(0);
});
