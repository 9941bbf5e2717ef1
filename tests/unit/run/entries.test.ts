import { describe, expect, it } from '@jest/globals';
import { folderEntries } from '../../../cli/run/entries.ts';

const entriesOf = (...paths: string[]) =>
  folderEntries(paths.map((path) => ({ file: `/data/${path}`, path, bytes: 3 })));

describe('the manifest of files on this machine', () => {
  it('has images with their file, under normalised names', () => {
    expect(entriesOf('Zelle u\u0308.tif')).toEqual([
      { path: 'Zelle ü.tif', bytes: 3, file: '/data/Zelle u\u0308.tif' },
    ]);
  });

  it.each([
    ['notes.txt', 'imageLeftOut', 'does not end in .tif'],
    ['inner.zip', 'imageLeftOut', 'a zip inside the folder'],
    ['a\u0007.tif', 'pathRefused', 'control character'],
  ])('names %j as failed', (path, code, reason) => {
    const [entry] = entriesOf(path);
    expect(entry).toMatchObject({ refused: { code, message: expect.stringContaining(reason) } });
    expect(entry!.file).toBeUndefined();
  });

  it('names the second of two files whose names are one in NFC, and loses neither', () => {
    const entries = entriesOf('u\u0308.tif', 'ü.tif');
    expect(entries.map(({ path, file }) => [path, file])).toEqual([
      ['ü.tif', '/data/u\u0308.tif'],
      ['ü.tif (1)', undefined],
    ]);
    expect(entries[1]!.refused!.code).toBe('pathRefused');
  });
});
