import { NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ImageInfo } from '../../functions/image/image.ts';
import { strings } from '../strings.ts';
import { channelsToMeasure, type MeasureChoice, type RuleChoice } from './measures.ts';

interface MeasureFieldsProps {
  /** Of the first image; undefined while it is looked into, or cannot be. */
  info: ImageInfo | undefined;
  choice: MeasureChoice;
  setChoice(choice: MeasureChoice): void;
}

/** What is measured beside each object, and in which channels objects are positive: asked for seldom, so folded away. */
export function MeasureFields({ info, choice, setChoice }: MeasureFieldsProps) {
  const [open, setOpen] = useState(false);
  const set = (change: Partial<MeasureChoice>) => setChoice({ ...choice, ...change });
  return (
    <details className="measure" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{strings.measure}</summary>
      <TextInput
        type="number"
        min={1}
        max={500}
        step="any"
        label={strings.ring}
        description={strings.ringHint}
        value={choice.ring}
        onChange={(event) => set({ ring: event.currentTarget.value })}
      />
      {info === undefined ? (
        <TextInput
          label={strings.positiveFree}
          value={choice.text}
          onChange={(event) => set({ text: event.currentTarget.value })}
        />
      ) : (
        channelsToMeasure(info).map(({ channel, label }) => (
          <RuleField
            key={channel}
            label={label}
            isShown={open}
            rule={choice.rules[channel] ?? { by: '', value: '' }}
            setRule={(rule) => set({ rules: { ...choice.rules, [channel]: rule } })}
          />
        ))
      )}
    </details>
  );
}

interface RuleFieldProps {
  label: string;
  /** A browser cannot show what is wrong with a field that is folded away. */
  isShown: boolean;
  rule: RuleChoice;
  setRule(rule: RuleChoice): void;
}

/** By which threshold objects are positive in one channel, and its number where it has one. */
function RuleField({ label, isShown, rule: { by, value }, setRule }: RuleFieldProps) {
  return (
    <div className="row">
      <NativeSelect
        className="narrow-field"
        label={strings.positiveIn(label)}
        value={by}
        data={(['', 'otsu', 'background', 'number'] as const).map((each) => ({
          value: each,
          label: strings.positiveBy[each],
        }))}
        onChange={(event) => setRule({ by: event.currentTarget.value as RuleChoice['by'], value })}
      />
      {(by === 'background' || by === 'number') && (
        <TextInput
          type="number"
          step="any"
          required={isShown}
          {...(by === 'background' && { min: 0 })}
          label={strings.positiveValue[by]}
          value={value}
          onChange={(event) => setRule({ by, value: event.currentTarget.value })}
        />
      )}
    </div>
  );
}
