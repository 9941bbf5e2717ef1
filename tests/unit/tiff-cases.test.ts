import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openFileSource } from '../../functions/image/file-source.ts';
import { inspectFile } from '../../functions/image/inspect.ts';
import { sharedFolder } from '../support/shared-data.ts';

const cases = join(sharedFolder, 'cases/tiff');
const describeCases = existsSync(cases) ? describe : describe.skip;
const report = async (path: string) => {
  await using source = await openFileSource(join(cases, path));
  return await inspectFile(source, { hash: true });
};

describeCases('files that were misread before', () => {
  it.each([
    ['imagej-claims-more-planes/a.tif', { axes: 'YX', notes: ['one plane, though its ImageJ description says 3500'] }],
    ['imagej-tunit/tunit-min.tif', { axes: 'TYX', timeStep: 180 }],
    ['imagej-tunit/tunit-ms.tif', { axes: 'TYX', timeStep: 0.003 }],
    ['scanimage-channels-are-depths/two-channels.tif', { axes: 'TCYX', sizes: { T: 3, C: 2 }, axesFrom: 'ScanImage' }],
    ['metaxpress-25400um/a_w1.tif', { pixelSize: { x: 1.3668, y: 1.3668 } }],
    ['lsm-stk-names-left-out/a.stk', { axes: 'YX' }],
    ['lsm-stk-names-left-out/b.lsm', { axes: 'YX' }],
  ])('%s is %j', async (path, expected) => {
    expect(await report(path)).toMatchObject(expected);
  });

  it('have no time step where it is counted in frames', async () => {
    expect((await report('imagej-tunit/tunit-frame.tif')).timeStep).toBeUndefined();
  });

  it.each(['implausible-resolution/one-dpi.tif', 'implausible-resolution/26x20-dpi.tif'])(
    '%s have no pixel size, and say why',
    async (path) => {
      const found = await report(path);
      expect(found.pixelSize).toBeUndefined();
      expect(found.pixelSizeReason).toMatch(/^resolution tags: .* is no pixel of a microscope/);
    },
  );
});
