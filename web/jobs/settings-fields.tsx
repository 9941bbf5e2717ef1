import { Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { type PlaneMode, planeModes } from '../../functions/core/plane-mode.ts';
import type { ImageInfo } from '../../functions/image/image.ts';
import { useModels } from '../api/queries.ts';
import { Show } from '../components/show.tsx';
import { strings } from '../strings.ts';
import { AxesField } from './axes-field.tsx';
import { channelChoices } from './channels.ts';
import { MeasureFields } from './measure-fields.tsx';
import { ObjectFields } from './object-fields.tsx';
import type { SettingsChoice } from './settings-chosen.ts';

export interface SettingsFieldsProps {
  /** Of the first image; undefined while it is looked into, or cannot be. */
  info: ImageInfo | undefined;
  choice: SettingsChoice;
  setChoice(choice: SettingsChoice): void;
}

/** All that is chosen of a job beside its name. */
export function SettingsFields({ info, choice, setChoice }: SettingsFieldsProps) {
  const set = (change: Partial<SettingsChoice>) => setChoice({ ...choice, ...change });
  return (
    <>
      <ModelFields {...{ info, choice, setChoice }} />
      <AxesField axes={choice.axes} setAxes={(axes) => set({ axes })} />
      <NativeSelect
        label={strings.planes}
        description={strings.planesHint}
        value={choice.planes}
        data={planeModes.map((mode) => ({ value: mode, label: strings.planeModes[mode] }))}
        onChange={(event) => set({ planes: event.currentTarget.value as PlaneMode })}
      />
      <ObjectFields choice={choice.objects} setChoice={(objects) => set({ objects })} />
      <MeasureFields info={info} choice={choice.measures} setChoice={(measures) => set({ measures })} />
      <Checkbox
        label={strings.probabilities}
        description={strings.probabilitiesHint}
        checked={choice.probabilities}
        onChange={(event) => set({ probabilities: event.currentTarget.checked })}
      />
    </>
  );
}

/** The model, and which channel of the images it is given. */
export function ModelFields({ info, choice, setChoice }: SettingsFieldsProps) {
  const models = useModels();
  const set = (change: Partial<SettingsChoice>) => setChoice({ ...choice, ...change });
  return (
    <Show what={models}>
      {({ items }) => {
        const model = items.find((each) => each.name === choice.model) ?? items[0];
        const choices = channelChoices(info, model?.defaultChannel);
        return (
          <>
            <NativeSelect
              label={strings.model}
              description={model?.description}
              value={model?.name}
              data={items.map((each) => ({ value: each.name, label: `${each.name} ${each.version}` }))}
              onChange={(event) => set({ model: event.currentTarget.value })}
            />
            {choices === undefined ? (
              <TextInput
                label={strings.channelFree}
                value={choice.channel}
                onChange={(event) => set({ channel: event.currentTarget.value })}
              />
            ) : (
              <NativeSelect
                label={strings.channel}
                description={strings.channelHint}
                value={choice.channel}
                data={choices}
                onChange={(event) => set({ channel: event.currentTarget.value })}
              />
            )}
          </>
        );
      }}
    </Show>
  );
}
