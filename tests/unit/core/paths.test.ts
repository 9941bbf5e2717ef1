import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { newJobBody } from '../../../functions/contract/jobs.ts';
import { jobPrefix, resultKinds, resultRef } from '../../../functions/core/object-keys.ts';
import {
  fold,
  isImagePath,
  isNoise,
  jobNameOf,
  longestName,
  longestPath,
  normalisePath,
  shownPath,
} from '../../../functions/core/paths.ts';

describe('the path rule', () => {
  it.each([
    ['cells/day 1 /neuron #3 + 50% (copy).ome.tif'],
    ['Größe µm/細胞/клетка/αβγ 😀.tif'],
    [' leading and trailing .tif '],
    ['..hidden/...x/.a/a..b.tif'],
    ['aux.tif'],
    ['12:30:05.tif'],
    ['C1-image.tif'],
    ['a;b&c=d?e*f"g<h>i|j\'k`l~m$n!o@p^q,r[s]{t}.tif'],
    ['.tif'],
    ['summary.csv'],
    ['cells/summary.csv/a.tif'],
    ['cells/.tables/a.tif'],
    [`${'n'.repeat(longestName)}`],
    ['__proto__/constructor.tif'],
  ])('keeps %j', (raw) => {
    expect(normalisePath(raw)).toEqual({ path: raw });
  });

  it('makes names of one look the same, and folders of Windows the usual ones', () => {
    expect(normalisePath('e\u0301.tif')).toEqual({ path: 'é.tif' });
    expect(normalisePath('cells\\day 1\\a.tif')).toEqual({ path: 'cells/day 1/a.tif' });
  });

  it.each([
    ['', 'the name is empty'],
    ['/etc/passwd', 'the path is absolute'],
    ['\\\\server\\share\\a.tif', 'the path is absolute'],
    ['C:\\a.tif', 'the path starts with a drive letter'],
    ['c:a.tif', 'the path starts with a drive letter'],
    ['..', "the path holds '..'"],
    ['a/../../b.tif', "the path holds '..'"],
    ['a\\..\\b.tif', "the path holds '..'"],
    ['./a.tif', "the path holds '.'"],
    ['a/.. /b.tif', "the path holds '.. '"],
    ['a/.../b.tif', "the path holds '...'"],
    ['a/ /b.tif', "the path holds ' '"],
    ['a//b.tif', 'the path holds an empty folder or file name'],
    ['a/', 'the path holds an empty folder or file name'],
    ['a\0.tif', 'the name holds a control character'],
    ['a\nb.tif', 'the name holds a control character'],
    ['a\x7f.tif', 'the name holds a control character'],
    ['a\x85.tif', 'the name holds a control character'],
    ['a\u2028.tif', 'the name holds a control character'],
    ['a\ufffe.tif', 'the name holds a control character'],
    ['cell\u202egpj.tif', 'the name holds a control character'],
    ['a\u202a.tif', 'the name holds a control character'],
    ['\u2066a\u2069.tif', 'the name holds a control character'],
    ['a\ud800.tif', 'the name is not valid Unicode'],
    ['n'.repeat(longestName + 1), 'a name in the path is longer than 255 bytes'],
    [`${'é'.repeat(128)}.tif`, 'a name in the path is longer than 255 bytes'],
    ['n/'.repeat(350), 'the path is longer than 695 bytes'],
    ['.tables/summary.csv', "names that start with '.tables' are labdeploy's own"],
    ['.Tables2/a.tif', "names that start with '.tables' are labdeploy's own"],
    ['summary.csv/a.tif', "'summary.csv' is the name of a table in the results, so no folder can have it"],
    ['Errors.CSV/a.tif', "'Errors.CSV' is the name of a table in the results, so no folder can have it"],
  ])('refuses %j: %s', (raw, refused) => {
    expect(normalisePath(raw)).toEqual({ refused });
  });

  const anyPath = fc
    .array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('..', '.', 'a', 'é', ' ', '\\')))
    .map((names) => names.join('/'));

  it('gives a path that it keeps, or a reason', () => {
    fc.assert(
      fc.property(anyPath, (raw) => {
        const { path, refused } = normalisePath(raw);
        expect((path === undefined) !== (refused === undefined)).toBe(true);
        if (path !== undefined) expect(normalisePath(path)).toEqual({ path });
      }),
      { numRuns: 2000 },
    );
  });

  it('lets no path leave the folder of its job', () => {
    fc.assert(
      fc.property(anyPath, (raw) => {
        const { path } = normalisePath(raw);
        if (path === undefined) return;
        const url = new URL(`http://store/${path.split('/').map(encodeURIComponent).join('/')}`);
        expect(decodeURIComponent(url.pathname)).toBe(`/${path}`);
      }),
      { numRuns: 2000 },
    );
  });

  it('leaves room for the longest owner, job and result in a key of S3', () => {
    const job = { owner: 'o'.repeat(255), id: 'j'.repeat(40) };
    for (const kind of resultKinds) {
      expect(Buffer.byteLength(resultRef(job, 'p'.repeat(longestPath), kind).key)).toBeLessThanOrEqual(1024);
    }
    expect(jobPrefix(job)).toHaveLength(297);
  });
});

describe('names that are shown', () => {
  it.each([
    ['cells/ä.tif', 'cells/ä.tif'],
    ['a\x1b[31m\n.tif', 'a\\u{1b}[31m\\u{a}.tif'],
    ['../etc/passwd', '../etc/passwd'],
    ['a\ud800.tif', 'a\ufffd.tif'],
  ])('%j as %j', (raw, shown) => {
    expect(shownPath(raw)).toBe(shown);
  });
  it('are cut where they are longer than any path, never inside a character', () => {
    const shown = shownPath('é'.repeat(1000));
    expect(Buffer.byteLength(shown)).toBeLessThanOrEqual(longestPath);
    expect(shown).toMatch(/^é{346}\.\.\.$/);
  });
});

it.each([
  ['day 1', 'day 1'],
  ['tab\there', 'tab\\u{9}here'],
  ['x\u202efit', 'x\\u{202e}fit'],
  ['', 'images'],
  ['é'.repeat(201), 'é'.repeat(200)],
])('a job of the folder %j is called %j, which the API takes', (folder, name) => {
  expect(jobNameOf(folder)).toBe(name);
  expect(newJobBody.parse({ name, source: 'files' })).toMatchObject({ name });
});

it.each([
  ['a.tif', true],
  ['a/b.TIFF', true],
  ['a.ome.tif', true],
  ['.ome.tif', true],
  ['a.tif.txt', false],
  ['a/.tif', false],
  ['.tif', false],
  ['tif', false],
  ['a.png', true],
  ['a.JPEG', true],
  ['a.gif', false],
  ['a.tif/b', false],
  ['b.lsm', true],
  ['b.STK', true],
  ['c/d.btf', true],
  ['d.tf8', true],
  ['.lsm', false],
  ['a.czi', false],
])('%j is an image: %s', (path, image) => {
  expect(isImagePath(path)).toBe(image);
});

it.each([
  ['__MACOSX/cells/._a.tif', true],
  ['cells/__MACOSX/a.tif', true],
  ['cells/.DS_Store', true],
  ['THUMBS.DB', true],
  ['a/Desktop.ini', true],
  ['a/._b.tif', true],
  ['a/.b.tif', false],
  ['._a/b.tif', false],
  ['MACOSX/a.tif', false],
  ['thumbs.db.tif', false],
])('%j is left by a file manager: %s', (path, noise) => {
  expect(isNoise(path)).toBe(noise);
});

it('names that a disk may take for one are equal when folded', () => {
  expect(fold('Ä/STRASSE.TIF')).toBe(fold('a\u0308/straße.tif'));
  expect(fold('a.tif')).not.toBe(fold('á.tif'));
});
