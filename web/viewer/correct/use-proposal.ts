import { useCallback, useEffect, useRef, useState } from 'react';
import type { Overlay } from '../scene.ts';
import { type Point, toCanvas } from '../viewport.ts';
import type { Shown } from './drawing.ts';
import type { Gesture } from './gestures.ts';
import type { Tool } from './tools.ts';

/** An object that a click would add: it is none until it is taken. */
interface Proposal {
  point: Point;
  /** Row, first column, number of pixels; none where nothing was found. */
  runs: number[];
  /** -1 to 1; 0: the threshold of the job, or Otsu's of the grey values. */
  level: number;
  from: 'map' | 'grey';
}

export interface ProposalParts {
  now(): Shown & { level: number };
  act(gesture: Gesture): Promise<void>;
  onFailure(why: string): void;
  tool: Tool;
  /** Of the plane and the session: with another one the proposal is over. */
  of: string;
}

const colour = 'rgb(0 255 255 / 0.45)';

/** The object that a click proposes, while its threshold is chosen. */
export function useProposal({ now, act, onFailure, tool, of }: ProposalParts) {
  const [proposal, setProposal] = useState<Proposal>();
  const current = useRef(proposal);
  current.current = proposal;
  const turn = useRef(0);
  const { scene } = now();

  const show = useCallback((next: Proposal | undefined) => {
    turn.current++; // what is still asked for is not wanted any more
    current.current = next; // taken once, before it is drawn anew
    setProposal(next);
  }, []);
  const ask = useCallback(
    async (wanted: Omit<Proposal, 'runs' | 'from'>, from: Proposal['from'] | undefined): Promise<void> => {
      const mine = ++turn.current;
      try {
        const next = await proposed(wanted, from, now());
        if (mine === turn.current) setProposal(next);
      } catch (error) {
        if (mine === turn.current) onFailure(error instanceof Error ? error.message : String(error));
      }
    },
    [now, onFailure],
  );
  const take = useCallback(async (): Promise<void> => {
    const taken = current.current;
    show(undefined);
    if (taken !== undefined && taken.runs.length > 0) await act({ tool: 'click', runs: taken.runs });
  }, [act, show]);

  useEffect(() => {
    if (scene === undefined || proposal === undefined) return;
    scene.setOverlay(overlayOf(proposal.runs));
    return () => scene.setOverlay(undefined);
  }, [scene, proposal]);
  const own = useRef(of);
  useEffect(() => {
    if (tool !== 'click' || own.current !== of) show(undefined);
    own.current = of;
  }, [tool, of, show]);

  return {
    proposal,
    take,
    leave: useCallback(() => show(undefined), [show]),
    /** A click; one into what is proposed takes it. */
    propose: useCallback(
      (point: Point): Promise<void> =>
        current.current !== undefined && isInside(current.current.runs, point)
          ? take()
          : ask({ point, level: now().level }, undefined),
      [ask, take, now],
    ),
    setLevel: useCallback(
      (level: number): void => {
        const known = current.current;
        if (known !== undefined) void ask({ point: known.point, level }, known.from);
      },
      [ask],
    ),
  };
}

/** `from`: what it is to be made from; undefined: the map, where it saw anything there. */
async function proposed(
  { point, level }: Omit<Proposal, 'runs' | 'from'>,
  from: Proposal['from'] | undefined,
  { labelLayer, layer, plane, channels }: Shown,
): Promise<Proposal> {
  const exact = from !== undefined;
  const grown = from === 'grey' ? undefined : await labelLayer?.worker.ask('propose', { point, level, exact });
  if (grown !== undefined) return { point, from: 'map', ...grown };
  const { channel, sample } = channels.find(({ shown }) => shown) ?? { channel: 0, sample: 0 };
  const runs = await layer.worker.ask('grow', { plane, source: { channel, sample }, point, level });
  return { point, level, from: 'grey', runs };
}

function isInside(runs: readonly number[], { x, y }: Point): boolean {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  for (let i = 0; i < runs.length; i += 3)
    if (runs[i] === row && column >= runs[i + 1]! && column < runs[i + 1]! + runs[i + 2]!) return true;
  return false;
}

function overlayOf(runs: readonly number[]): Overlay {
  return (context, viewport, ratio) => {
    context.fillStyle = colour;
    for (let i = 0; i < runs.length; i += 3) {
      const from = toCanvas(viewport, { x: runs[i + 1]!, y: runs[i]! });
      const to = toCanvas(viewport, { x: runs[i + 1]! + runs[i + 2]!, y: runs[i]! + 1 });
      const [left, top] = [Math.round(from.x * ratio), Math.round(from.y * ratio)];
      context.fillRect(left, top, Math.round(to.x * ratio) - left, Math.max(1, Math.round(to.y * ratio) - top));
    }
  };
}
