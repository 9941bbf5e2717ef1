import { beforeEach, describe, expect, it } from '@jest/globals';
import { type KeyboardPen, keyboardPen } from '../../../web/viewer/correct/keyboard-pen.ts';

const at = (x: number, y: number) => ({ x, y, width: 800, height: 600, scale: 2 });

let pen: KeyboardPen;
let drawn: string[];
const drawing = {
  begin: ({ x, y }: { x: number; y: number }) => void drawn.push(`begin ${x} ${y}`),
  add: (points: { x: number; y: number }[]) => void drawn.push(...points.map(({ x, y }) => `add ${x} ${y}`)),
  end: () => void drawn.push('end'),
  cancel: () => void drawn.push('cancel'),
};
beforeEach(() => {
  pen = keyboardPen();
  drawn = [];
});

describe('a pen in the middle of the picture', () => {
  it('draws where the picture moves under it, from one press to the next', () => {
    pen.press(drawing, 'brush', at(5, 6));
    pen.moved(at(5, 6)); // drawn anew, with the same middle
    pen.moved(at(7, 6));
    expect(pen.isDown()).toBe(true);
    pen.press(drawing, 'brush', at(7, 6));
    pen.moved(at(9, 9));
    expect(pen.isDown()).toBe(false);
    expect(drawn).toEqual(['begin 5 6', 'add 7 6', 'end']);
  });

  it.each(['click', 'fill', 'delete'] as const)('clicks with %s', (tool) => {
    pen.press(drawing, tool, at(5, 6));
    expect([pen.isDown(), ...drawn]).toEqual([false, 'begin 5 6', 'end']);
  });

  it('is lifted without a trace', () => {
    pen.press(drawing, 'split', at(5, 6));
    pen.cancel();
    pen.cancel();
    pen.moved(at(9, 9));
    expect([pen.isDown(), ...drawn]).toEqual([false, 'begin 5 6', 'cancel']);
  });
});
