import { posix, win32 } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { commonFolder, pathBelow } from '../../../cli/run/input-paths.ts';
import { outputName, outputStems } from '../../../functions/core/output-names.ts';
import { normalisePath } from '../../../functions/core/paths.ts';

const long = `${'ä'.repeat(110)}.tif`; // 224 bytes, near the longest name that a disk takes

describe('the folder that holds all inputs', () => {
  it.each([
    [win32, ['C:\\lab\\day1', 'C:\\lab\\day2'], 'C:\\lab'],
    [win32, ['C:\\lab\\day1', 'c:\\LAB\\Day1\\plate'], 'C:\\lab\\day1'],
    [win32, ['C:\\lab\\day1', 'C:\\lab\\day10'], 'C:\\lab'],
    [win32, ['C:\\day1', 'C:\\day2'], 'C:\\'],
    [win32, ['C:\\day1', 'D:\\day1'], ''],
    [win32, ['\\\\nas\\images\\a', '\\\\nas\\images\\b'], '\\\\nas\\images'],
    [posix, ['/lab/Day1', '/lab/day1'], '/lab'],
    [posix, ['/lab', '/mnt'], '/'],
  ])('%#: under the rules of its system', (path, folders, common) => {
    expect(commonFolder(folders, path)).toBe(common);
  });
});

describe('the name of an input', () => {
  it.each([
    ['C:\\lab', 'C:\\lab\\day 1\\a.tif', 'day 1/a.tif'],
    ['C:\\LAB', 'C:\\lab\\a.tif', 'a.tif'],
    ['C:\\', 'C:\\a.tif', 'a.tif'],
    ['\\\\nas\\images', '\\\\nas\\images\\b\\a.tif', 'b/a.tif'],
    ['', 'C:\\day1\\a.tif', 'C/day1/a.tif'],
    ['', 'D:\\day1\\a.tif', 'D/day1/a.tif'],
    ['C:\\lab', `C:\\lab\\${long}`, long],
  ])('below %j, %j on Windows is %j, which every entrance takes', (folder, file, path) => {
    expect(pathBelow(folder, file, win32)).toBe(path);
    expect(normalisePath(path)).toEqual({ path: path.normalize('NFC') });
  });
});

it('results of names that Windows takes for one, or can hardly hold, are files of their own', () => {
  const images = ['Day1/A.tif', 'Day1/a.tif', 'day1/a.tif', `day1/${long}`, `day1/${long.toUpperCase()}`];
  const files = [...outputStems(images).values()].map((stem) =>
    win32.join('D:\\results', outputName(stem, 'labels.tif')),
  );
  expect(new Set(files.map((file) => file.toLowerCase())).size).toBe(images.length);
  for (const file of files) expect(Buffer.byteLength(win32.basename(file))).toBeLessThanOrEqual(255);
});
