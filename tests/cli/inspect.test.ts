import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cli } from '../support/cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { buildTiff } from '../support/tiff-builder.ts';

const image = buildTiff({ pages: [{ height: 1, width: 2, data: new Uint8Array(2) }] });

describe('labdeploy inspect', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(async () => folder[Symbol.asyncDispose]());
  const at = (...names: string[]) => join(folder.path, ...names);
  const make = async (files: Record<string, string | Uint8Array>) => {
    for (const [name, bytes] of Object.entries(files)) {
      await mkdir(at(name, '..'), { recursive: true });
      await writeFile(at(name), bytes);
    }
  };
  /** What is said of each file: its axes, or code and reason. */
  const inspect = async (...args: string[]) => {
    const { code, stdout } = await cli(['inspect', '--json', ...args], { cwd: folder.path });
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ file }) => file !== undefined)
      .map(({ file, axes, error }) => [file, axes ?? `${error.code}: ${error.message}`]);
    return { code, files: Object.fromEntries(lines) };
  };

  it('expands a pattern, and names each file as a user would', async () => {
    await make({ 'day1/a.tif': image, 'day1/b.tif': image, 'day1/c.txt': 'notes' });
    expect(await inspect('day1/*.tif')).toEqual({
      code: 0,
      files: { [join('day1', 'a.tif')]: 'YX', [join('day1', 'b.tif')]: 'YX' },
    });
    expect((await inspect('day1/b*.tif')).files).toEqual({ [join('day1', 'b.tif')]: 'YX' });
  });

  it('says that a pattern matches nothing', async () => {
    expect(await inspect('day1/*.tif')).toEqual({
      code: 3,
      files: { 'day1/*.tif': 'nothingToDo: no image in day1/*.tif' },
    });
  });

  it('takes the images of a folder, not its notes', async () => {
    await make({ 'day1/a.tif': image, 'day1/deep/b.tif': image, 'day1/notes.txt': 'x', 'day1/.hidden.tif': image });
    expect(await inspect('day1/')).toEqual({
      code: 0,
      files: { [join('day1', 'a.tif')]: 'YX', [join('day1', 'deep/b.tif')]: 'YX' },
    });
  });

  it('says of a folder that it has no image', async () => {
    await make({ 'day1/notes.txt': 'x' });
    expect(await inspect('day1')).toEqual({
      code: 3,
      files: { day1: 'nothingToDo: no image in day1' },
    });
  });

  it('says what a name leads to that is no file', async () => {
    execFileSync('mkfifo', [at('pipe.tif')]);
    expect((await inspect('pipe.tif', '/dev/null')).files).toEqual({
      'pipe.tif': 'imageUnreadable: the file cannot be read: it is a named pipe, not a file',
      '/dev/null': 'imageUnreadable: the file cannot be read: it is a device, not a file',
    });
  });

  it.each([
    ['a.png', 'this is text', 'not a PNG file: it starts with "this"'],
    ['a.jpg', '%PDF-1.4 and more', 'not a JPEG file: it is a PDF file'],
    ['a.jpeg', 'GIF89a and more', 'not a JPEG file: it is a GIF image'],
    ['a.lsm', 'PK\x03\x04 and more', 'not a Zeiss LSM file: it is a zip file'],
    ['a.stk', 'RIFF and more', 'not a MetaMorph STK file: it is a WebP image or a recording (RIFF)'],
    ['a.btf', 'BM and more', 'not a BigTIFF file: it is a BMP image'],
    ['a.tif', 'SIMPLE  =  T  ', 'not a TIFF file: it is a FITS image'],
    ['notes', 'ab', 'not a TIFF, PNG or JPEG file: it starts with "ab"'],
    ['b.tif', '\x00\x00\x00\x18ftypheic ', 'not a TIFF file: it is a film or an HEIF or AVIF image'],
  ])('says of %s what it was to be and what it is', async (name, text, reason) => {
    await make({ [name]: Buffer.from(text, 'latin1') });
    expect((await inspect(name)).files).toEqual({ [name]: `imageNotTiff: ${reason}` });
  });
});
