import { Button } from '@mantine/core';
import { useState } from 'react';
import { Chunk } from '../components/chunk.tsx';
import { keepFormUnsent } from '../components/keep-form-unsent.ts';
import { strings } from '../strings.ts';
import type { SettingsChoice } from './settings-chosen.ts';
import type { TrialSource } from './use-trial.ts';

const trialPanel = async () => (await import('../viewer/trial-panel.tsx')).TrialPanel;

export interface TryOutProps {
  /** Undefined: there is no image to try on yet. */
  source: TrialSource | undefined;
  choice: SettingsChoice;
  setChoice(choice: SettingsChoice): void;
}

/** Shows what settings do to one image, before they are used for all. */
export function TryOut({ source, choice, setChoice }: TryOutProps) {
  const [isOpen, setOpen] = useState(false);
  if (source === undefined) return null;
  return (
    <div ref={keepFormUnsent}>
      <Button variant="default" size="compact-sm" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? strings.tryNoMore : strings.tryOne}
      </Button>
      {isOpen && <Chunk load={trialPanel} props={{ source, choice, setChoice, onUse: () => setOpen(false) }} />}
    </div>
  );
}
