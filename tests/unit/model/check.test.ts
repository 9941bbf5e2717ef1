import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { checkModel } from '../../../functions/model/check.ts';
import { listModels } from '../../../functions/model/package/list.ts';
import { openModel } from '../../../functions/model/package/package.ts';
import { fixtureModel, modelFolder } from '../../support/models.ts';
import { describeWithSharedData, sharedData } from '../../support/shared-data.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('checkModel', () => {
  it('runs the test input and finds no difference', async () => {
    expect(await checkModel(await fixtureModel('fixed'))).toEqual([
      { output: 'difference', maxDifference: 0, tolerance: expect.closeTo(0.4, 0) },
    ]);
  });

  it('says how large the difference is', async () => {
    await using folder = await temporaryFolder();
    await cp(modelFolder('fixed'), folder.path, { recursive: true });
    const file = join(folder.path, 'test_output.npy');
    const bytes = await readFile(file);
    bytes.writeFloatLE(bytes.readFloatLE(bytes.length - 4) + 5, bytes.length - 4);
    await writeFile(file, bytes);
    expect(await checkModel(await openModel(folder.path))).toMatchObject([{ maxDifference: 5 }]);
  });

  it('names a missing test input', async () => {
    await expect(checkModel(await fixtureModel('unet'))).rejects.toMatchObject({
      code: 'modelBroken',
      advice: { why: 'inputs.0: there is no test tensor' },
    });
  });
});

describe('listModels', () => {
  it('lists packages, and those that cannot be used with the reason', async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, 'empty'));
    await cp(modelFolder('unet'), join(folder.path, 'good'), { recursive: true });
    await mkdir(join(folder.path, 'bad'));
    await writeFile(join(folder.path, 'bad', 'bioimageio.yaml'), 'format_version: 0.5.4\n');
    expect(await listModels([folder.path])).toEqual([
      {
        name: 'bad',
        version: '',
        path: join(folder.path, 'bad'),
        description: expect.stringMatching(/^cannot be used: name: /),
      },
      { name: 'UNet', version: '1.0.0', path: join(folder.path, 'good'), description: 'made for tests' },
    ]);
  });
});

describeWithSharedData('the real package', () => {
  it('gives what its authors say', async () => {
    const [result] = await checkModel(await openModel(sharedData('models/unet2d_nuclei_broad')));
    expect(result).toMatchObject({ output: 'probability', tolerance: 0.001 });
    expect(result!.maxDifference).toBeLessThan(1e-4);
  });
});
