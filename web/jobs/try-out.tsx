import { Chunk } from '../components/chunk.tsx';
import { Unfold } from '../components/unfold.tsx';
import { strings } from '../strings.ts';
import type { SettingsChoice } from './settings-chosen.ts';
import type { TrialSource } from './use-trial.ts';

const trialPanel = async () => (await import('../viewer/trial-panel.tsx')).TrialPanel;

export interface TryOutProps {
  /** Undefined: there is no image to try on, or none yet. */
  source: TrialSource | undefined;
  /** One may come: its place is kept, so that nothing below moves. */
  waits?: boolean;
  choice: SettingsChoice;
  setChoice(choice: SettingsChoice): void;
}

/** Shows what settings do to one image, before they are used for all. */
export function TryOut({ source, waits = false, choice, setChoice }: TryOutProps) {
  if (source === undefined && !waits) return null;
  return (
    <Unfold close={strings.tryNoMore} open={strings.tryOne} ready={source !== undefined}>
      {(close) =>
        source !== undefined && <Chunk load={trialPanel} props={{ source, choice, setChoice, onUse: close }} />
      }
    </Unfold>
  );
}
