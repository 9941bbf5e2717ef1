import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { resultKinds, tableNames } from '../../../functions/core/object-keys.ts';
import { outputName, outputStems } from '../../../functions/core/output-names.ts';
import { fold, normalisePath } from '../../../functions/core/paths.ts';

const stems = (...paths: string[]) => Object.fromEntries(outputStems(paths));

describe('the names that results get', () => {
  it.each([
    ['cells/a.tif', 'cells/a'],
    ['cells/a.TIFF', 'cells/a'],
    ['cells/a.ome.tif', 'cells/a'],
    ['cells/a.b.OME.TIFF', 'cells/a.b'],
    ['.ome.tif', '.ome'],
    ['day.tif/a.tif', 'day.tif/a'],
    ['a #1 + 50% µ.tif', 'a #1 + 50% µ'],
    ['notes.txt', 'notes.txt'],
    ['.tif', '.tif'],
  ])('drop the ending of %s', (path, stem) => {
    expect(stems(path)).toEqual({ [path]: stem });
    expect(outputName(stem, 'labels.tif')).toBe(`${stem}_labels.tif`);
  });

  it('keep the full file name where two would be equal', () => {
    expect(stems('c/a.tif', 'c/a.tiff', 'c/b.tif', 'd/a.tif')).toEqual({
      'c/a.tif': 'c/a.tif',
      'c/a.tiff': 'c/a.tiff',
      'c/b.tif': 'c/b',
      'd/a.tif': 'd/a',
    });
    expect(stems('a.tif', 'a.ome.tif', 'A.TIFF')).toEqual({
      'a.tif': 'a.tif',
      'a.ome.tif': 'a.ome.tif',
      'A.TIFF': 'A.TIFF',
    });
  });

  it('add a hash where even the full names are equal on a disk that ignores case', () => {
    const found = stems('a.tif', 'A.TIF');
    expect(found['a.tif']).toMatch(/^a\.tif~[0-9a-f]{8}$/);
    expect(found['A.TIF']).toMatch(/^A\.TIF~[0-9a-f]{8}$/);
    expect(stems('Cells/a.tif', 'cells/a.tif')['cells/a.tif']).toMatch(/^cells\/a\.tif~[0-9a-f]{8}$/);
  });

  it('stay apart from a full name that another image has as its short one', () => {
    expect(stems('a.tif', 'a.stk', 'b.lsm', 'c.btf')).toEqual({
      'a.tif': 'a.tif',
      'a.stk': 'a.stk',
      'b.lsm': 'b',
      'c.btf': 'c',
    });
    expect(stems('a.tif', 'a.tiff', 'a.tif.tif')).toMatchObject({ 'a.tiff': 'a.tiff', 'a.tif.tif': 'a.tif.tif' });
  });

  it('overwrite no image and no table when they are unpacked beside the images', () => {
    expect(stems('a.tif', 'a_labels.tif')).toEqual({ 'a.tif': 'a.tif', 'a_labels.tif': 'a_labels' });
    expect(stems('a.tif', 'A_Preview.png')).toMatchObject({ 'a.tif': 'a.tif' });
    expect(stems('x.tif', 'x_labels.tif/b.tif')).toMatchObject({ 'x.tif': 'x.tif' });
  });

  it('fit a disk when the image has the longest name', () => {
    const long = `${'n'.repeat(251)}.tif`;
    const longer = `${'é'.repeat(125)}.tiff`;
    for (const [path, stem] of outputStems([long, longer, `cells/${long}`])) {
      const name = outputName(stem, 'measurements.csv').split('/').at(-1)!;
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
      expect(stem).toMatch(path.includes('é') ? /^é+~[0-9a-f]{8}$/ : /^(cells\/)?n+~[0-9a-f]{8}$/);
    }
  });

  // Names from few pieces, so that they collide often.
  const name = fc
    .tuple(
      fc.constantFrom('a', 'A', 'b', 'é', 'E\u0301', 'summary', 'errors', 'n'.repeat(240)),
      fc.constantFrom('', '_labels', '_preview', '.tif', '.ome', '_measurements.csv'),
      fc.constantFrom('.tif', '.TIF', '.tiff', '.ome.tif', '.csv', '', '_labels.tif', '_preview.png'),
    )
    .map((parts) => parts.join(''));
  const path = fc
    .array(name, { minLength: 1, maxLength: 3 })
    .map((names) => normalisePath(names.join('/')).path)
    .filter((found) => found !== undefined);
  const paths = fc.uniqueArray(path, { maxLength: 40 });

  it('never collide with each other, with an image, a folder or a table', () => {
    fc.assert(
      fc.property(paths, (all) => {
        const outputs = [...outputStems(all).values()].flatMap((stem) =>
          resultKinds.map((kind) => outputName(stem, kind)),
        );
        const files = outputs.map(fold);
        expect(new Set(files).size).toBe(all.length * resultKinds.length);
        const folders = outputs.flatMap((output) =>
          [...output.matchAll(/\//g)].map(({ index }) => fold(output.slice(0, index))),
        );
        const taken = new Set([...all.map(fold), ...tableNames, ...folders]);
        expect(files.filter((file) => taken.has(file))).toEqual([]);
        for (const output of outputs) {
          for (const part of output.split('/')) expect(Buffer.byteLength(part)).toBeLessThanOrEqual(255);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('do not depend on the order of the images', () => {
    fc.assert(
      fc.property(
        paths.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          const inOrder = outputStems(all);
          for (const [image, stem] of outputStems(shuffled)) expect(inOrder.get(image)).toBe(stem);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('stay in the folder of their image', () => {
    fc.assert(
      fc.property(paths, (all) => {
        for (const [image, stem] of outputStems(all)) {
          expect(stem.slice(0, stem.lastIndexOf('/') + 1)).toBe(image.slice(0, image.lastIndexOf('/') + 1));
        }
      }),
      { numRuns: 150 },
    );
  });
});
