import { Button } from '@mantine/core';
import { useState } from 'react';
import { strings } from '../strings.ts';
import { forgetSettings, isUnusual, rememberedSettings } from './remembered-settings.ts';
import { type SettingsChoice, usualSettings } from './settings-chosen.ts';

/** Says that the form begins with the settings of the last job, and takes them back. */
export function RememberedNote({ setChoice }: { setChoice(choice: SettingsChoice): void }) {
  const [shown, setShown] = useState(() => isUnusual(rememberedSettings()));
  if (!shown) return null;
  const reset = () => {
    forgetSettings();
    setChoice(usualSettings);
    setShown(false);
  };
  return (
    <div className="row">
      <span className="soft">{strings.remembered}</span>
      <Button variant="default" size="compact-sm" onClick={reset}>
        {strings.usualSettings}
      </Button>
    </div>
  );
}
