import { Checkbox } from '@mantine/core';
import { strings } from '../strings.ts';
import { type MoreResults, noMoreResults } from './more-results.ts';

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
