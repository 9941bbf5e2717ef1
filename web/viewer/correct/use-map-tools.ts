import { useCallback } from 'react';
import type { Point } from '../viewport.ts';
import type { Tool } from './tools.ts';
import { type ProposalParts, useProposal } from './use-proposal.ts';
import { useUncertain } from './use-uncertain.ts';

/** Adding by click, and going through what is uncertain: a place that no object has is proposed at once. */
export function useMapTools({ setTool, ...parts }: ProposalParts & { setTool(tool: Tool): void }) {
  const { propose, leave, ...proposing } = useProposal(parts);
  const onPlace = useCallback(
    (point: Point) => {
      setTool('click');
      leave();
      void propose(point);
    },
    [propose, leave, setTool],
  );
  const { now, onFailure, of } = parts;
  const going = useUncertain({ now, onPlace, onObject: leave, onFailure, of });
  return { ...proposing, ...going, propose, leave };
}
