import { useMutation } from '@tanstack/react-query';
import { useId } from 'react';
import { Notice } from '../../components/notice.tsx';
import { correctWords as words } from './correct-words.ts';
import type { Correction } from './use-correction.ts';

/** Takes labels that were corrected in another program. */
export function ImportLabels({ correction: { importLabels } }: { correction: Correction }) {
  const id = useId();
  const take = useMutation({ mutationFn: importLabels });
  const { data, error, isPending, variables } = take;
  return (
    <details className="viewer-import">
      <summary>{words.import}</summary>
      <p className="soft" id={`${id}-hint`}>
        {words.importHint}
      </p>
      <p>
        <label htmlFor={id}>{words.importFile}</label>
      </p>
      <input
        id={id}
        type="file"
        accept=".tif,.tiff,.zip,.npy"
        aria-describedby={`${id}-hint`}
        disabled={isPending}
        onChange={({ currentTarget }) => {
          const file = currentTarget.files?.[0];
          currentTarget.value = ''; // the same file can be taken again, after it was changed
          if (file !== undefined) take.mutate(file);
        }}
      />
      {isPending && <p role="status">{words.importing}</p>}
      {data !== undefined && <p role="status">{words.imported(data)}</p>}
      {error !== null && (
        <Notice kind="bad" title={words.importFailed(variables?.name ?? '')}>
          <p>{error instanceof Error ? error.message : String(error)}</p>
        </Notice>
      )}
    </details>
  );
}
