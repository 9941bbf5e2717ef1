import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { everythingOfMe } from '../../client/people.ts';
import { useService } from '../api/context.tsx';
import { saveAs } from '../components/save-as.ts';
import { Trouble } from '../components/show.tsx';
import { strings } from '../strings.ts';

/** Saves what the service keeps of whoever is signed in, beside files, as `labdeploy users export` does. */
export function ExportMe() {
  const { call } = useService();
  const save = useMutation({
    async mutationFn() {
      const kept = await everythingOfMe((cursor) => call('exportMe', { query: { cursor } }));
      saveAs('labdeploy-export.json', new Blob([`${JSON.stringify(kept, null, 2)}\n`], { type: 'application/json' }));
    },
  });
  return (
    <>
      <h2>{strings.exportTitle}</h2>
      <p className="soft">{strings.exportText}</p>
      {save.error !== null && <Trouble title={strings.exportFailed} error={save.error} />}
      <Button variant="default" loading={save.isPending} onClick={() => save.mutate()}>
        {strings.exportMe}
      </Button>
    </>
  );
}
