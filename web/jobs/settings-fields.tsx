import { NativeSelect, TextInput } from '@mantine/core';
import { type PlaneMode, planeModes } from '../../functions/core/plane-mode.ts';
import { useModels } from '../api/queries.ts';
import { Show } from '../components/show.tsx';
import type { OfferedChannels } from '../image/offered-channels.ts';
import { strings } from '../strings.ts';
import { AxesField } from './axes-field.tsx';
import { channelChoices } from './channels.ts';
import { MeasureFields } from './measure-fields.tsx';
import { MoreResultsFields } from './more-results-fields.tsx';
import { ObjectFields } from './object-fields.tsx';
import type { SettingsChoice } from './settings-chosen.ts';

export interface SettingsFieldsProps {
  /** Of the images; undefined while they are looked into, or cannot be. */
  offered: OfferedChannels | undefined;
  choice: SettingsChoice;
  setChoice(choice: SettingsChoice): void;
}

/** All that is chosen of a job beside its name. */
export function SettingsFields({ offered, choice, setChoice }: SettingsFieldsProps) {
  const set = (change: Partial<SettingsChoice>) => setChoice({ ...choice, ...change });
  return (
    <>
      <ModelFields {...{ offered, choice, setChoice }} />
      <AxesField axes={choice.axes} setAxes={(axes) => set({ axes })} />
      <NativeSelect
        label={strings.planes}
        description={strings.planesHint}
        value={choice.planes}
        data={planeModes.map((mode) => ({ value: mode, label: strings.planeModes[mode] }))}
        onChange={(event) => set({ planes: event.currentTarget.value as PlaneMode })}
      />
      <ObjectFields choice={choice.objects} setChoice={(objects) => set({ objects })} />
      <MeasureFields offered={offered} choice={choice.measures} setChoice={(measures) => set({ measures })} />
      <MoreResultsFields wanted={choice.more} setWanted={(more) => set({ more })} />
    </>
  );
}

/** The model, and which channel of the images it is given. */
function ModelFields({ offered, choice, setChoice }: SettingsFieldsProps) {
  const models = useModels();
  const set = (change: Partial<SettingsChoice>) => setChoice({ ...choice, ...change });
  return (
    <Show what={models}>
      {({ items }) => {
        const model = items.find((each) => each.name === choice.model) ?? items[0];
        const choices = channelChoices(offered, model?.defaultChannel);
        return (
          <>
            <NativeSelect
              label={strings.model}
              description={model?.description}
              value={model?.name}
              data={items.map((each) => ({
                value: each.name,
                label: strings.modelTitle(`${each.name} ${each.version}`.trim(), each.revision),
              }))}
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
