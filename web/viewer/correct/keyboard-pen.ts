import type { Drawing } from '../pointer-drawing.ts';
import type { Point, Viewport } from '../viewport.ts';
import type { Tool } from './tools.ts';

/** Tools by keys alone: the pen stands in the middle of the picture, which moves under it. */
export interface KeyboardPen {
  /** Puts it down, or lifts it; of tools that click, both. */
  press(drawing: Drawing, tool: Tool, viewport: Viewport): void;
  /** The picture was drawn with another part in the middle, perhaps. */
  moved(viewport: Viewport): void;
  /** Lifts it, and nothing is drawn. */
  cancel(): void;
  isDown(): boolean;
}

const clicking: readonly Tool[] = ['click', 'fill', 'delete'];

export function keyboardPen(): KeyboardPen {
  let down: { drawing: Drawing; at: Point } | undefined;
  return {
    press(drawing, tool, { x, y }) {
      if (down !== undefined) {
        down.drawing.end();
        down = undefined;
        return;
      }
      drawing.begin({ x, y });
      if (clicking.includes(tool)) drawing.end();
      else down = { drawing, at: { x, y } };
    },
    moved({ x, y }) {
      if (down === undefined || (down.at.x === x && down.at.y === y)) return;
      down.at = { x, y };
      down.drawing.add([{ x, y }]);
    },
    cancel() {
      down?.drawing.cancel();
      down = undefined;
    },
    isDown: () => down !== undefined,
  };
}
