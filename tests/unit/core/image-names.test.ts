import { expect, it } from '@jest/globals';
import {
  formatOfBytes,
  microscopeFormat,
  whyNoImage,
  withoutImageEnding,
} from '../../../functions/core/image-names.ts';

it.each([
  ['a/b.ome.tif', 'a/b'],
  ['b.LSM', 'b'],
  ['b.stk', 'b'],
  ['.ome.tif', '.ome'],
  ['notes.txt', 'notes.txt'],
])('%j without its ending is %j', (path, stem) => {
  expect(withoutImageEnding(path)).toBe(stem);
});

it.each([
  ['a.czi', 'Zeiss CZI'],
  ['day 1/b.ND2', 'Nikon ND2'],
  ['c.lif', 'Leica LIF'],
  ['d.oir', 'Olympus OIR', 'an'],
  ['e.ims', 'Imaris', 'an'],
])("a microscope's own file, %j, is left out with what to do", (path, format, article = 'a') => {
  expect(microscopeFormat(path)).toBe(format);
  expect(whyNoImage(path)).toBe(
    `it is ${article} ${format} file: convert it with "bfconvert FILE OUT.ome.tif" (Bio-Formats), or open it in Fiji with File > Import > Bio-Formats and save it as TIFF (docs/tiff.md has a macro for a folder)`,
  );
});

it.each([
  ['ZISRAWFILE\0\0', 'Zeiss CZI'],
  ['\xda\xce\xbe\x0a', 'Nikon ND2'],
  ['\x70\0\0\0\x9a', 'Leica LIF'],
  ['OLYMPUSRAWFORMAT', 'Olympus OIR'],
  ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'Olympus OIB, Zeiss ZVI or another OLE2'],
  ['II*\0', undefined],
])('first bytes %j are of %s', (start, format) => {
  expect(formatOfBytes(Uint8Array.from(Buffer.from(start, 'latin1')))).toBe(format);
});

it('what is no image at all is left out by its ending', () => {
  expect(microscopeFormat('notes.txt')).toBeUndefined();
  expect(microscopeFormat('czi')).toBeUndefined();
  expect(whyNoImage('constructor')).toBe(whyNoImage('notes.txt'));
  expect(whyNoImage('x.constructor')).toMatch(/^its name does not end in/);
});
