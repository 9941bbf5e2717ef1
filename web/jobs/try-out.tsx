import { Button } from '@mantine/core';
import { useState } from 'react';
import { Chunk } from '../components/chunk.tsx';
import { keepFormUnsent } from '../components/keep-form-unsent.ts';
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
  const [isOpen, setOpen] = useState(false);
  if (source === undefined && !waits) return null;
  return (
    <div ref={keepFormUnsent}>
      <Button
        variant="default"
        size="compact-sm"
        disabled={source === undefined}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {isOpen ? strings.tryNoMore : strings.tryOne}
      </Button>
      {isOpen && source !== undefined && (
        <Chunk load={trialPanel} props={{ source, choice, setChoice, onUse: () => setOpen(false) }} />
      )}
    </div>
  );
}
