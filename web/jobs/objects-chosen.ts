import type { NewJobBody } from '../../functions/contract/jobs.ts';
import { strings } from '../strings.ts';

type ObjectSettings = Pick<NewJobBody, 'threshold' | 'minSize' | 'invert' | 'scale' | 'diameter'>;

/** What the form asks about how objects are found, as text while it is typed; '' is as the model says. */
export interface ObjectChoice {
  threshold: string;
  minSize: string;
  invert: boolean;
  scale: string;
}

export const asTheModelSays: ObjectChoice = { threshold: '', minSize: '', invert: false, scale: '' };

/** As it is in the form, of the settings of a job. */
export const objectChoiceOf = ({ threshold, minSize, invert, scale }: ObjectSettings): ObjectChoice => ({
  threshold: String(threshold ?? ''),
  minSize: String(minSize ?? ''),
  invert: invert === true,
  scale: String(scale ?? ''),
});

/** As the API takes it. */
export const objectSettingsOf = ({
  threshold,
  minSize,
  invert,
  scale,
}: ObjectChoice): Omit<ObjectSettings, 'diameter'> => ({
  ...(threshold !== '' && { threshold: Number(threshold) }),
  ...(minSize !== '' && { minSize: Number(minSize) }),
  ...(invert && { invert }),
  ...(scale !== '' && { scale: Number(scale) }),
});

/** What a job sets of how objects are found, in words; undefined where it is nothing. */
export function objectsText({ threshold, minSize, invert, scale, diameter }: ObjectSettings): string | undefined {
  const parts = [
    ...(threshold === undefined ? [] : [strings.thresholdOf(threshold)]),
    ...(minSize === undefined ? [] : [strings.minSizeOf(minSize)]),
    ...(invert === true ? [strings.inverted] : []),
    ...(scale === undefined ? [] : [strings.scaleOf(scale)]),
    ...(diameter === undefined ? [] : [strings.diameterOf(diameter)]),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}
