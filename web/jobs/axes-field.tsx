import { TextInput } from '@mantine/core';
import { strings } from '../strings.ts';
import { axesOf } from './axes-of.ts';

interface AxesFieldProps {
  axes: string;
  setAxes(axes: string): void;
}

/** What the pages of each image are, where the files do not say. */
export const AxesField = ({ axes, setAxes }: AxesFieldProps) => (
  <TextInput
    label={strings.axes}
    description={strings.axesHint}
    value={axes}
    maxLength={60}
    autoComplete="off"
    autoCapitalize="characters"
    spellCheck={false}
    error={axesOf(axes) === null ? strings.axesInvalid : undefined}
    onChange={(event) => setAxes(event.currentTarget.value)}
  />
);
