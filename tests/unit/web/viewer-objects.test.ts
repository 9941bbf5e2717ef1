import { describe, expect, it } from '@jest/globals';
import { parseCsv } from '../../../functions/core/parse-csv.ts';
import { correctCommandOf } from '../../../web/viewer/correct/tools.ts';
import { commandOf, keyHelp } from '../../../web/viewer/keys.ts';
import { nextRow, objectTable, passes, passingLabels } from '../../../web/viewer/objects.ts';
import { byteCache } from '../../../web/viewer/worker/byte-cache.ts';

const csv = `position,time,depth,label,area_px,centroid_x_px,centroid_y_px,class
0,0,0,1,10,4.5,2,a
0,0,0,2,20,8,9,b
0,0,1,1,30,1,1,a
0,0,1,3,,2,2,a
`;
const table = objectTable(parseCsv(csv));
const plane = { position: 0, time: 0, depth: 1 };

describe('the table of objects', () => {
  it('has the rows of the plane that is shown', () => {
    expect([table.rowsOf({ ...plane, depth: 0 }), table.rowsOf(plane), table.rowsOf({ ...plane, depth: 2 })]).toEqual([
      [0, 1],
      [2, 3],
      [],
    ]);
  });

  it('has all rows where objects go through all planes', () => {
    const linked = objectTable(parseCsv('position,time,depth,label,area_px\n0,0,,1,5\n0,1,,2,6\n'));
    expect(linked.rowsOf({ position: 0, time: 1, depth: 7 })).toEqual([1]);
    expect(objectTable(parseCsv('label,area_px\n1,5\n')).rowsOf(plane)).toEqual([0]);
  });

  it('has an object that goes through a stack in each of its planes', () => {
    const columns = 'position,time,depth,label,bbox_z_planes,bbox_depth_planes';
    const stack = objectTable(parseCsv(`${columns}\n0,0,3,1,2,3\n0,0,5,2,5,1\n`));
    const at = (depth: number) => stack.rowsOf({ position: 0, time: 0, depth });
    expect([at(1), at(2), at(4), at(5)]).toEqual([[], [0], [0], [1]]);
  });

  it('measures what is a number and no place', () => {
    expect(table.measures).toEqual(['area_px', 'centroid_x_px', 'centroid_y_px']);
  });

  it('knows where an object is: the middle of its pixel', () => {
    expect(table.centreOf(0)).toEqual({ x: 5, y: 2.5 });
    expect(objectTable(parseCsv('label,area_px\n1,5\n')).centreOf(0)).toBeUndefined();
  });

  it('finds what passes a range, its ends included, and never what has no value', () => {
    const filter = { column: 'area_px', from: 20, to: 30 };
    expect([0, 1, 2, 3].map((row) => passes(table, row, filter))).toEqual([false, true, true, false]);
    expect([...passingLabels(table, table.rowsOf({ ...plane, depth: 0 }), filter)]).toEqual([0, 0, 1]);
    expect([...passingLabels(table, table.rowsOf(plane), filter)]).toEqual([0, 1, 0, 0]);
    expect([...passingLabels(table, [], filter)]).toEqual([0]);
  });

  it('goes from object to object, round and round', () => {
    const rows = [0, 1];
    expect(nextRow(table, rows, 0, 1)).toBe(0);
    expect(nextRow(table, rows, 0, -1)).toBe(1);
    expect(nextRow(table, rows, 1, 1)).toBe(1);
    expect(nextRow(table, rows, 2, 1)).toBe(0);
    expect(nextRow(table, rows, 1, -1)).toBe(1);
    expect(nextRow(table, [], 1, 1)).toBeUndefined();
  });
});

describe('keys of the viewer', () => {
  const press = (key: string, by = {}) => commandOf({ key, ctrlKey: false, metaKey: false, altKey: false, ...by });

  it.each([
    ['ArrowLeft', { do: 'pan', x: 0.1, y: 0 }],
    ['+', { do: 'zoom', factor: Math.SQRT2 }],
    ['0', { do: 'fit' }],
    ['A', { do: 'actual' }],
    ['PageDown', { do: 'depth', by: -1 }],
    ['.', { do: 'time', by: 1 }],
    ['3', { do: 'channel', index: 2 }],
    ['n', { do: 'object', by: 1 }],
    ['?', { do: 'help' }],
  ])('%s means %j', (key, command) => {
    expect(press(key)).toEqual(command);
  });

  it('leaves the browser its own', () => {
    expect([press('Tab'), press('0', { ctrlKey: true }), press('c', { metaKey: true }), press('Enter')]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('are all in the list that ? shows, and mean something there or while objects are corrected', () => {
    const modifiers = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
    const meaning = (key: string) => press(key) ?? correctCommandOf({ key, ...modifiers });
    const listed = keyHelp.flatMap(([keys]) => keys.split(' '));
    expect(listed).toEqual(
      expect.arrayContaining(['+', '−', '0', 'A', 'PageUp', 'PageDown', ',', '.', 'C', 'O', 'N', 'P', 'Escape', '?']),
    );
    expect(listed.filter((key) => key.length === 1 && !'←↑→↓−'.includes(key) && meaning(key) === undefined)).toEqual(
      [],
    );
  });
});

describe('what is kept', () => {
  it('is what was used last, up to a number of bytes', () => {
    const cache = byteCache<string>(10);
    cache.set('a', 'A', 4);
    cache.set('b', 'B', 4);
    expect(cache.get('a')).toBe('A');
    cache.set('c', 'C', 4);
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual(['A', undefined, 'C']);
    cache.set('a', 'A2', 1);
    cache.set('d', 'D', 5);
    expect([cache.get('a'), cache.get('c'), cache.get('d')]).toEqual(['A2', 'C', 'D']);
  });

  it('is one that is larger than all, until the next', () => {
    const cache = byteCache<string>(10);
    cache.set('a', 'A', 4);
    cache.set('huge', 'H', 50);
    expect([cache.get('a'), cache.get('huge')]).toEqual([undefined, 'H']);
    cache.set('b', 'B', 1);
    expect([cache.get('huge'), cache.get('b')]).toEqual([undefined, 'B']);
  });
});
