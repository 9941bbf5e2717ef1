import type { JobView } from '../../functions/contract/jobs.ts';
import { type PlaneMode, usualPlaneMode } from '../../functions/core/plane-mode.ts';
import { axesOf } from './axes-of.ts';
import { channelOf } from './channels.ts';
import type { JobFields } from './job-fields.ts';
import { type MeasureChoice, measuresOf, nothingMore, textOfRules } from './measures.ts';
import { type MoreResults, noMoreResults } from './more-results.ts';
import { asTheModelSays, type ObjectChoice, objectChoiceOf, objectSettingsOf } from './objects-chosen.ts';

/** All that is chosen of a job beside its name, as it is in the form. */
export interface SettingsChoice {
  /** Undefined: the service's first model. */
  model: string | undefined;
  channel: string;
  axes: string;
  planes: PlaneMode;
  objects: ObjectChoice;
  /** Not in the form: kept of the job that is run again, as long as no other scale is chosen. */
  diameter?: number | undefined;
  measures: MeasureChoice;
  more: MoreResults;
}

export const usualSettings: SettingsChoice = {
  model: undefined,
  channel: '',
  axes: '',
  planes: usualPlaneMode,
  objects: asTheModelSays,
  measures: nothingMore,
  more: noMoreResults,
};

/** As the API takes them. */
export function settingsOf(choice: SettingsChoice): Omit<JobFields, 'name'> {
  const { model, planes, diameter, more } = choice;
  const channel = channelOf(choice.channel);
  const axes = axesOf(choice.axes) ?? undefined;
  const objects = objectSettingsOf(choice.objects);
  return {
    ...(model !== undefined && { model }),
    ...(channel !== undefined && { channel }),
    ...(planes !== usualPlaneMode && { planes }),
    ...(axes !== undefined && { axes }),
    ...(diameter !== undefined && objects.scale === undefined && { diameter }),
    ...objects,
    ...measuresOf(choice.measures),
    ...more,
  };
}

/** Those of a job, to begin from. */
export function choiceOf({ model, ...settings }: JobView['settings']): SettingsChoice {
  const { channel, axes = '', planes = usualPlaneMode, diameter, ring, positive = [] } = settings;
  const { probabilities, rois = false, ome = false, zarr = false } = settings;
  return {
    model: model.name,
    channel: String(channel ?? ''),
    axes,
    planes,
    objects: objectChoiceOf(settings),
    diameter,
    measures: { ring: String(ring ?? ''), rules: [], text: textOfRules(positive) },
    more: { probabilities, rois, ome, zarr },
  };
}
