import { Checkbox, TextInput } from '@mantine/core';
import { openInvalid } from '../components/open-invalid.ts';
import { strings } from '../strings.ts';
import type { ObjectChoice } from './objects-chosen.ts';

interface ObjectFieldsProps {
  choice: ObjectChoice;
  setChoice(choice: ObjectChoice): void;
}

/** How objects are found, where the model's own settings do not fit: needed seldom, so folded away. */
export function ObjectFields({ choice, setChoice }: ObjectFieldsProps) {
  const number = (name: 'threshold' | 'minSize' | 'scale', limits: { min?: number; max?: number; step: 1 | 'any' }) => (
    <TextInput
      type="number"
      {...limits}
      label={strings.objectSettings[name]}
      description={strings.objectHints[name]}
      value={choice[name]}
      onChange={(event) => setChoice({ ...choice, [name]: event.currentTarget.value })}
    />
  );
  return (
    <details className="measure" onInvalidCapture={openInvalid}>
      <summary>{strings.findObjects}</summary>
      {number('threshold', { step: 'any' })}
      {number('minSize', { min: 0, step: 1 })}
      <Checkbox
        label={strings.objectSettings.invert}
        description={strings.objectHints.invert}
        checked={choice.invert}
        onChange={(event) => setChoice({ ...choice, invert: event.currentTarget.checked })}
      />
      {number('scale', { min: 1, max: 16, step: 1 })}
    </details>
  );
}
