import { FileInput, NativeSelect, TextInput } from '@mantine/core';
import type { GroupingChoice } from '../../functions/report/compare-tables.ts';
import { strings } from '../strings.ts';

interface GroupingFieldsProps {
  choice: GroupingChoice;
  setChoice(choice: GroupingChoice): void;
}

const empty: Record<GroupingChoice['by'], GroupingChoice> = {
  folders: { by: 'folders' },
  pattern: { by: 'pattern', pattern: '' },
  table: { by: 'table', name: '', text: 'image,condition\n' },
};

/** How images get their conditions. A table is read here and sent nowhere. */
export function GroupingFields({ choice, setChoice }: GroupingFieldsProps) {
  const read = async (file: File | null) => {
    if (file !== null) setChoice({ by: 'table', name: file.name, text: await file.text() });
  };
  return (
    <>
      <NativeSelect
        className="narrow-field"
        label={strings.comparison.conditions}
        value={choice.by}
        data={Object.entries(strings.comparison.by).map(([value, label]) => ({ value, label }))}
        onChange={(event) => setChoice(empty[event.currentTarget.value as GroupingChoice['by']])}
      />
      {choice.by === 'pattern' && (
        <TextInput
          label={strings.comparison.pattern}
          description={strings.comparison.patternHint}
          value={choice.pattern}
          onChange={(event) => setChoice({ by: 'pattern', pattern: event.currentTarget.value })}
        />
      )}
      {choice.by === 'table' && (
        <FileInput
          label={strings.comparison.table}
          description={strings.comparison.tableHint}
          placeholder={strings.comparison.chooseTable}
          accept=".csv,.tsv,.txt"
          onChange={(file) => void read(file)}
        />
      )}
    </>
  );
}
