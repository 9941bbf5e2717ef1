import { useCallback, useMemo, useRef, useState } from 'react';
import { planesOf } from '../planes.ts';
import type { CorrectionParts } from './correction-parts.ts';
import { drawingOf } from './drawing.ts';
import type { Gesture } from './gestures.ts';
import { regionToAccept } from './region-to-accept.ts';
import { type CorrectCommand, radii, type Tool } from './tools.ts';
import { useMapTools } from './use-map-tools.ts';
import { usePen } from './use-pen.ts';
import { useSession } from './use-session.ts';

type Doings = { [D in CorrectCommand['do']]: (command: CorrectCommand & { do: D }) => void };
const obey = (doings: Doings, command: CorrectCommand): void =>
  (doings[command.do] as (command: CorrectCommand) => void)(command);

/** Corrects the labels that are shown, while it is switched on. */
export function useCorrection(parts: CorrectionParts) {
  const { of, labelLayer, labelPlane, objects, scene } = parts;
  const [isOn, setOn] = useState(false);
  const [tool, setTool] = useState<Tool>('brush');
  const [radius, setRadius] = useState(radii.usual);
  const [level, setLevel] = useState(0);
  const [failure, setFailure] = useState<string>();
  const { session, state } = useSession({ ...parts, isOn, onFailure: setFailure });
  const current = useRef({ ...parts, tool, radius, level, session });
  current.current = { ...parts, tool, radius, level, session };
  const now = useCallback(() => current.current, []);

  const act = useCallback(
    async (gesture: Gesture): Promise<void> => {
      try {
        await now().session?.act(gesture);
        setFailure(undefined);
      } catch (error) {
        setFailure(error instanceof Error ? error.message : String(error));
      }
    },
    [now],
  );
  const { position, time, depth } = labelPlane;
  const shownAt = `${state.ready} ${state.looking} ${position} ${time} ${depth}`;
  const byMap = useMapTools({ now, act, tool, setTool, of: shownAt, onFailure: setFailure });
  const { propose, goUncertain } = byMap;
  const drawing = useMemo(() => drawingOf(now, { act, propose }), [now, act, propose]);
  const accept = (command: { whole?: true }): void => {
    const region = regionToAccept(command, scene, labelLayer);
    if (region !== undefined) void act({ tool: 'accept', region, accepted: true });
  };
  const active = isOn && state.ready && state.looking === undefined && tool !== 'choose' ? drawing : undefined;
  const pen = usePen({ scene, drawing: active, tool, pick: parts.pick, proposing: byMap });
  const choose = (next: Tool): void => {
    pen.leave();
    setTool(next);
  };
  const { selected } = objects;
  const doings: Doings = {
    tool: (command) => choose(command.tool),
    radius: ({ by }) => setRadius((before) => Math.min(radii.most, Math.max(radii.least, before + by))),
    undo: () => void session?.undo(),
    redo: () => void session?.redo(),
    deleteChosen: () => selected > 0 && void act({ tool: 'delete', point: { x: -1, y: -1 }, object: selected }),
    accept,
    uncertain: ({ by }) => parts.hasMap && void goUncertain(by),
    press: () => pen.press(),
    take: () => pen.take(),
    leave: () => pen.leave(),
  };
  const isPossible = of !== undefined && labelLayer !== undefined;
  /** What may fail in the worker, said where tools say it. */
  const during = (work: Promise<void> | undefined): void => {
    work?.then(
      () => setFailure(undefined),
      (error: unknown) => setFailure(error instanceof Error ? error.message : String(error)),
    );
  };
  return {
    obey(command: CorrectCommand) {
      if (state.looking === undefined) obey(doings, command); // an earlier revision is only looked at
    },
    look: (revision: number | undefined) => during(session?.look(revision)),
    restore: (revision: number) => during(session?.restore(revision)),
    /** Returns how many corrections it took. Throws what is wrong with the file. */
    importLabels: async (file: File): Promise<number> =>
      session === undefined || labelLayer === undefined
        ? 0
        : session.importLabels({ name: file.name, blob: file }, planesOf(labelLayer.opened.info)),
    ...{ isPossible, isOn: isOn && isPossible, setOn, tool, setTool: choose, radius, setRadius, level },
    ...{ state, session, failure, act, plane: labelPlane, of },
    ...{ proposal: byMap.proposal, take: pen.take, leave: pen.leave, uncertain: byMap.uncertain, hasMap: parts.hasMap },
    /** The proposal follows. */
    moveLevel(next: number) {
      setLevel(next);
      byMap.setLevel(next);
    },
    ...{ isPending: pen.isPending, onFrame: pen.onFrame },
    drawing: active,
  };
}

export type Correction = ReturnType<typeof useCorrection>;
