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

  it('names a refused image as failed', () => {
    const [entry] = entriesOf('a\u0007.tif');
    expect(entry).toEqual({
      path: 'a\\u{7}.tif',
      bytes: 3,
      refused: { code: 'pathRefused', message: expect.stringContaining('control character') },
    });
  });

  it.each([
    ['notes.txt', 'its name does not end in .tif, .tiff, .btf, .tf8, .lsm, .stk, .png or .jpg'],
    ['plate.nd', 'its name does not end in .tif, .tiff, .btf, .tf8, .lsm, .stk, .png or .jpg'],
    ['a\u0007.txt', 'its name does not end in .tif, .tiff, .btf, .tf8, .lsm, .stk, .png or .jpg'],
    ['inner.zip', 'it is a zip among the files: send it by itself'],
    ['Thumbs.db', 'Finder or Explorer made it'],
    ['day/._a.tif', 'Finder or Explorer made it'],
    ['.hidden.tif', 'it is hidden: its name or that of its folder starts with a dot'],
  ])('names %j as left out, which is no failure', (path, why) => {
    const [entry] = entriesOf(path);
    expect(entry).toMatchObject({ leftOut: { code: 'imageLeftOut', message: `left out: ${why}` } });
    expect(entry).not.toHaveProperty('file');
    expect(entry).not.toHaveProperty('refused');
  });

  const troubled = (path: string, of: 'file' | 'folder' | 'loop') =>
    folderEntries([{ file: `/data/${path}`, path, bytes: 0, trouble: { of, why: 'permission denied' } }])[0];
  const unreadable = { code: 'imageUnreadable', message: 'the file cannot be read: permission denied' };

  it('fails an image and a folder that cannot be read, and leaves out what is no image all the same', () => {
    expect(troubled('a.tif', 'file')).toEqual({ path: 'a.tif', bytes: 0, refused: unreadable });
    expect(troubled('day 2', 'folder')).toEqual({ path: 'day 2', bytes: 0, refused: unreadable });
    expect(troubled('notes.txt', 'file')).toMatchObject({ leftOut: { message: expect.stringContaining('.tif') } });
    expect(troubled('.Trash-0', 'folder')).toMatchObject({ leftOut: { message: expect.stringContaining('hidden') } });
    expect(troubled('loop.tif', 'loop')).toMatchObject({ leftOut: { code: 'imageLeftOut' } });
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
