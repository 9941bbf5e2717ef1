import { Button } from '@mantine/core';
import { correctWords as words } from './correct-words.ts';
import type { Correction } from './use-correction.ts';

/** What the click proposes, and its threshold. */
export function ClickPart({ correction }: { correction: Correction }) {
  const { level, moveLevel, proposal, take, leave, hasMap } = correction;
  const shown = proposal?.level ?? level;
  const pixels = proposal?.runs.reduce((sum, value, i) => (i % 3 === 2 ? sum + value : sum), 0) ?? 0;
  return (
    <>
      <label className="viewer-slider">
        <span>{words.level}</span>
        <input
          type="range"
          min={-0.95}
          max={0.95}
          step={0.01}
          value={shown}
          onKeyDown={({ key }) => {
            if (key === 'Escape') leave();
            if (key === 'Enter') take();
          }}
          onChange={(event) => moveLevel(Number(event.currentTarget.value))}
        />
        <span className="viewer-number">{Math.round(100 * shown)} %</span>
      </label>
      {!hasMap && <p className="soft">{words.noMap}</p>}
      <p className="soft" role="status">
        {proposal !== undefined && words.proposed(pixels, proposal.from, hasMap)}
      </p>
      {proposal !== undefined && (
        <div className="row viewer-tools">
          <Button size="compact-sm" disabled={pixels === 0} onClick={take}>
            {words.take}
          </Button>
          <Button variant="default" size="compact-sm" onClick={leave}>
            {words.leave}
          </Button>
        </div>
      )}
    </>
  );
}

/** Goes to the next object of which the model is not sure. */
export const Uncertain = ({ correction: { uncertain, obey } }: { correction: Correction }) => (
  <div className="row viewer-tools">
    <Button variant="default" size="compact-sm" onClick={() => obey({ do: 'uncertain', by: 1 })}>
      {words.nextUncertain}
    </Button>
    <span className="soft" role="status">
      {uncertain !== undefined && words.uncertain(uncertain)}
    </span>
  </div>
);
