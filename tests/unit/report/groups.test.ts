import { describe, expect, it } from '@jest/globals';
import { byFolder, byPattern, byTable, ungrouped } from '../../../functions/report/groups.ts';
import { wildcard } from '../../../functions/report/wildcard.ts';

describe('groups by folder', () => {
  it('take the first folder, and name no condition outside of one', () => {
    const { labelsOf } = byFolder();
    expect(labelsOf('ctrl/m1/a.tif')).toEqual({ condition: 'ctrl' });
    expect(labelsOf('a.tif')).toBeUndefined();
    expect(ungrouped().labelsOf('a.tif')).toEqual({ condition: 'all images' });
  });
});

describe('groups by a pattern', () => {
  it('take condition, animal and more from anywhere in the path', () => {
    const { grouping } = byPattern('(?<section>s\\d)/(?<condition>ctrl|treated)_(?<animal>m\\d+)');
    expect(grouping!.names).toEqual(['condition', 'animal', 'section']);
    expect(grouping!.labelsOf('day 1/s3/treated_m12.tif')).toEqual({
      condition: 'treated',
      animal: 'm12',
      section: 's3',
    });
    expect(grouping!.labelsOf('s3/other_m12.tif')).toBeUndefined();
  });

  it('are refused without a condition, and where they are no regular expression', () => {
    expect(byPattern('(?<animal>m\\d+)').refused).toContain('no group named condition');
    expect(byPattern('(?<condition>a').refused).toContain('Unterminated group');
    expect(byPattern('(?<=condition)a').refused).toContain('no group named condition');
  });
});

describe('groups by a table', () => {
  it('find images by path, by path without ending, and by pattern, a path first', () => {
    const text =
      'image,condition,animal,sex\nctrl*,ctrl,m0,f\nctrl 1.tif,treated,m1,m\nday1/x,ctrl,m2,f\n**/y?.tif,treated,m3,m\nz.tif,ctrl,,\n';
    const { grouping } = byTable(text, 'groups.csv');
    const { labelsOf, unused, names } = grouping!;
    expect(names).toEqual(['condition', 'animal', 'sex']);
    expect(labelsOf('ctrl 1.tif')).toEqual({ condition: 'treated', animal: 'm1', sex: 'm' });
    expect(labelsOf('ctrl 2.tif')).toEqual({ condition: 'ctrl', animal: 'm0', sex: 'f' });
    expect(labelsOf('day1/x.ome.tif')).toEqual({ condition: 'ctrl', animal: 'm2', sex: 'f' });
    expect(labelsOf('a/b/y1.tif')).toEqual({ condition: 'treated', animal: 'm3', sex: 'm' });
    expect(labelsOf('folder/ctrl 2.tif')).toBeUndefined();
    expect(unused()).toEqual(['z.tif']);
  });

  it('read what Excel writes: byte order mark, semicolons, tabs, CRLF and empty rows', () => {
    for (const separator of [';', '\t'])
      expect(
        byTable(
          `\ufeffimage${separator}condition\r\na.tif${separator}"x, y"\r\n${separator}\r\n`,
          'g',
        ).grouping!.labelsOf('a.tif'),
      ).toEqual({ condition: 'x, y' });
  });

  it.each([
    ['image,group\na,b\n', 'it has no column condition (there are image, group)'],
    ['image,condition,condition\na,b,c\n', 'the column condition stands twice'],
    ['image,condition,\na,b,c\n', 'a column has no name'],
    ['image,condition\n', 'it has no row'],
    ['image,condition\na,b\nc\n', 'row 3 has 1 cells, the header has 2'],
    ['image,condition\na,\n', 'row 2 has no condition'],
    ['image,condition\na,b\nc,b\na,d\n', 'rows 2 and 4 are both of a'],
    ['image,condition\n"a,b\n', 'not CSV at character 16'],
  ])('are refused by name: %j', (text, refused) => {
    expect(byTable(text, 'groups.csv')).toEqual({ refused });
  });
});

describe('a pattern of paths', () => {
  it.each([
    ['*.tif', ['a.tif'], ['b/a.tif', 'a.tiff']],
    ['**/a.tif', ['a.tif', 'b/a.tif', 'b/c/a.tif'], ['ba.tif']],
    ['b/**', ['b/a', 'b/c/a'], ['c/b/a']],
    ['a?c', ['abc', 'aäc', 'a😀c'], ['ac', 'a/c']],
    ['[a].t+f', ['[a].t+f'], ['a.tif', 'a.ttf']],
  ])('%s', (pattern, fits, fails) => {
    const { test } = wildcard(pattern);
    expect(fits.filter((path) => !test(path))).toEqual([]);
    expect(fails.filter((path) => test(path))).toEqual([]);
  });
});
