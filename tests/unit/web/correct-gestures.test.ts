import { describe, expect, it } from '@jest/globals';
import { correctedPlane } from '../../../web/viewer/correct/corrected-plane.ts';
import type { Gesture } from '../../../web/viewer/correct/gestures.ts';
import { correctCommandOf } from '../../../web/viewer/correct/tools.ts';
import type { Point } from '../../../web/viewer/viewport.ts';
import { labelsOf, plane, shown } from '../../support/edit-maker.ts';

const base = () => labelsOf('.........', '.1111.22.', '.1..1.22.', '.1111....', '.........', '333333333');
const centre = (x: number, y: number): Point => ({ x: x + 0.5, y: y + 0.5 });

function made(gesture: Gesture) {
  const own = correctedPlane(plane, base(), { stored: [], own: [] });
  const acted = own.act(gesture);
  const rows = shown(own.labels);
  for (const operation of acted.undo) own.act({ tool: 'undo', drafts: [operation] });
  expect(shown(own.labels)).toEqual(shown(base())); // whatever it did is taken back
  return { ...acted, rows, operations: acted.operations.length };
}

describe('a gesture over labels', () => {
  it('of the brush adds to the chosen object what belongs to none', () => {
    const { rows, object } = made({ tool: 'brush', points: [centre(4, 2), centre(7, 2)], radius: 1, object: 1 });
    expect(rows).toEqual(['.........', '.1111122.', '.1.111221', '.1111111.', '.........', '333333333']);
    expect(object).toBe(1);
  });

  it('of the brush makes a new object where none is chosen', () => {
    const { rows, object } = made({ tool: 'brush', points: [centre(7, 4)], radius: 0.5, object: 0 });
    expect(rows[4]).toBe('.......+.');
    expect(object).toBeGreaterThanOrEqual(2 ** 31);
  });

  it('of the eraser takes from the chosen object, or from all', () => {
    const points = [centre(1, 1), centre(7, 1)];
    expect(made({ tool: 'eraser', points, radius: 0.5, object: 2 }).rows[1]).toBe('.1111....');
    expect(made({ tool: 'eraser', points, radius: 0.5, object: 0 }).rows[1]).toBe('.........');
  });

  it('of the lasso fills a closed line', () => {
    const points = [
      { x: 5, y: 3 },
      { x: 9, y: 3 },
      { x: 9, y: 5 },
      { x: 5, y: 5 },
    ];
    expect(made({ tool: 'lasso', points, object: 0 }).rows.slice(3, 5)).toEqual(['.1111++++', '.....++++']);
  });

  it('of a line splits the object that it parts: the larger part stays, and no pixel is lost', () => {
    const { rows, operations } = made({ tool: 'split', points: [centre(6, 4), centre(6, 6)], object: 0 });
    expect(rows[5]).toMatch(/^3{6}[3+]\+\+$/);
    expect(operations).toBe(1);
    expect(made({ tool: 'split', points: [centre(2, 1), centre(3, 1)], object: 0 }).operations).toBe(0);
  });

  it('of a line merges the objects that it meets into the first', () => {
    const { rows, object } = made({ tool: 'merge', points: [centre(6, 1), centre(4, 1), centre(4, 5)], object: 0 });
    expect(rows).toEqual(['.........', '.2222.22.', '.2..2.22.', '.2222....', '.........', '222222222']);
    expect(object).toBe(2);
  });

  it('of a click fills a hole, and nothing that is open to the edge', () => {
    expect(made({ tool: 'fill', point: centre(2, 2), object: 0 }).rows[2]).toBe('.1111.22.');
    expect(made({ tool: 'fill', point: centre(5, 2), object: 0 }).operations).toBe(0);
  });

  it('deletes the object at a point, and none on the ground', () => {
    expect(made({ tool: 'delete', point: centre(6, 1), object: 0 }).rows[1]).toBe('.1111....');
    expect(made({ tool: 'delete', point: centre(0, 0), object: 0 }).operations).toBe(0);
  });

  it('adds what was found around a click, without what belongs to others', () => {
    expect(made({ tool: 'click', runs: [3, 4, 4, 4, 4, 4] }).rows.slice(3, 5)).toEqual(['.1111+++.', '....++++.']);
  });

  it('names an object, and takes the name back', () => {
    const own = correctedPlane(plane, base(), { stored: [], own: [] });
    own.act({ tool: 'class', object: 1, name: 'neuron' });
    const { operations, undo } = own.act({ tool: 'class', object: 1, name: 'glia' });
    expect(operations).toMatchObject([{ do: 'class', object: 1, name: 'glia' }]);
    expect(undo).toEqual([{ do: 'class', object: 1, name: 'neuron' }]);
  });
});

describe('keys while labels are corrected', () => {
  const press = (key: string, more = {}, isPending = false) =>
    correctCommandOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more }, isPending);

  it('take and leave what is proposed, and are the viewer’s else', () => {
    expect([press('Enter', {}, true), press('Escape', {}, true)]).toEqual([{ do: 'take' }, { do: 'leave' }]);
    expect([press('Enter'), press('Escape')]).toEqual([undefined, undefined]);
  });

  it.each([
    ['b', {}, { do: 'tool', tool: 'brush' }],
    ['X', {}, { do: 'tool', tool: 'split' }],
    [' ', {}, { do: 'press' }],
    ['u', {}, { do: 'uncertain', by: 1 }],
    ['U', { shiftKey: true }, { do: 'uncertain', by: -1 }],
    ['z', { ctrlKey: true }, { do: 'undo' }],
    ['Z', { metaKey: true, shiftKey: true }, { do: 'redo' }],
    ['y', { ctrlKey: true }, { do: 'redo' }],
    ['Delete', {}, { do: 'deleteChosen' }],
    [']', {}, { do: 'radius', by: 1 }],
    ['b', { ctrlKey: true }, undefined],
    ['ArrowLeft', {}, undefined],
    ['n', {}, undefined],
  ])('%s %j', (key, more, command) => {
    expect(press(key, more)).toEqual(command);
  });
});
