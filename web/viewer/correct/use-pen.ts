import { useState } from 'react';
import type { Drawing } from '../pointer-drawing.ts';
import type { Scene } from '../scene.ts';
import type { Point } from '../viewport.ts';
import { keyboardPen } from './keyboard-pen.ts';
import type { Tool } from './tools.ts';
import type { useProposal } from './use-proposal.ts';

interface PenParts {
  scene: Scene | undefined;
  /** Of the tool; absent: it draws nothing. */
  drawing: Drawing | undefined;
  tool: Tool;
  /** Chooses the object at a point of the image. */
  pick(point: Point): void;
  proposing: Pick<ReturnType<typeof useProposal>, 'proposal' | 'take' | 'leave'>;
}

/** Tools by keys, and taking or leaving what they propose. */
export function usePen({ scene, drawing, tool, pick, proposing }: PenParts) {
  const [pen] = useState(keyboardPen);
  const press = (): void => {
    const viewport = scene?.viewport();
    if (viewport === undefined) return;
    if (drawing === undefined) pick(viewport);
    else pen.press(drawing, tool, viewport);
  };
  return {
    press,
    take(): void {
      if (pen.isDown()) press();
      else void proposing.take();
    },
    leave(): void {
      pen.cancel();
      proposing.leave();
    },
    isPending: (): boolean => proposing.proposal !== undefined || pen.isDown(),
    onFrame: pen.moved,
  };
}
