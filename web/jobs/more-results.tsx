import { Checkbox } from '@mantine/core';
import { strings } from '../strings.ts';

/** What is written of each image beside labels, preview and measurements. */
export interface MoreResults {
  probabilities: boolean;
  rois: boolean;
  ome: boolean;
}

export const noMoreResults: MoreResults = { probabilities: false, rois: false, ome: false };

const names = Object.keys(noMoreResults) as (keyof MoreResults)[];

interface MoreResultsFieldsProps {
  wanted: MoreResults;
  setWanted(wanted: MoreResults): void;
}

export function MoreResultsFields({ wanted, setWanted }: MoreResultsFieldsProps) {
  return names.map((name) => (
    <Checkbox
      key={name}
      label={strings.moreResults[name].label}
      description={strings.moreResults[name].hint}
      checked={wanted[name]}
      onChange={(event) => setWanted({ ...wanted, [name]: event.currentTarget.checked })}
    />
  ));
}
