import { NativeSelect, TextInput } from '@mantine/core';
import { openInvalid } from '../components/open-invalid.ts';
import type { OfferedChannels } from '../image/offered-channels.ts';
import { strings } from '../strings.ts';
import { channelsToMeasure, type MeasureChoice, type RuleChoice, withThreshold } from './measures.ts';

interface MeasureFieldsProps {
  /** Of the images; undefined while they are looked into, or cannot be. */
  offered: OfferedChannels | undefined;
  choice: MeasureChoice;
  setChoice(choice: MeasureChoice): void;
}

/** What is measured beside each object, and in which channels objects are positive: asked for seldom, so folded away. */
export function MeasureFields({ offered, choice, setChoice }: MeasureFieldsProps) {
  const channels = offered === undefined ? [] : channelsToMeasure(offered);
  const rules = channels.map(({ channel }, i): RuleChoice => choice.rules[i] ?? { channel, by: '', value: '' });
  const set = (change: Partial<MeasureChoice>) => setChoice({ ...choice, ...change });
  return (
    <details className="measure" onInvalidCapture={openInvalid}>
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
      {offered === undefined ? (
        <TextInput
          label={strings.positiveFree}
          value={choice.text}
          onChange={(event) => set({ text: event.currentTarget.value })}
        />
      ) : (
        channels.map(({ label }, i) => (
          <RuleField
            key={label}
            label={label}
            rule={rules[i]!}
            setRule={(rule) => set({ rules: rules.with(i, rule) })}
          />
        ))
      )}
    </details>
  );
}

interface RuleFieldProps {
  label: string;
  rule: RuleChoice;
  setRule(rule: RuleChoice): void;
}

/** By which threshold objects are positive in one channel, and its number where it has one. */
function RuleField({ label, rule, setRule }: RuleFieldProps) {
  const { by, value } = rule;
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
        onChange={(event) => setRule(withThreshold(rule, event.currentTarget.value as RuleChoice['by']))}
      />
      {(by === 'background' || by === 'number') && (
        <TextInput
          type="number"
          step="any"
          required
          {...(by === 'background' && { min: 0 })}
          label={strings.positiveValue[by]}
          value={value}
          onChange={(event) => setRule({ ...rule, value: event.currentTarget.value })}
        />
      )}
    </div>
  );
}
