import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { useService } from '../api/context.tsx';
import { keys } from '../api/queries.ts';
import { Meter } from '../components/meter.tsx';
import { Trouble } from '../components/show.tsx';
import { inBytes } from '../format.ts';
import { strings } from '../strings.ts';
import { put } from '../upload/put.ts';

/** Sends the zip of a package; its check begins when it has arrived. */
export function AddModel() {
  const { call } = useService();
  const client = useQueryClient();
  const [file, setFile] = useState<File>();
  const [sent, setSent] = useState(0);
  const field = useId();
  const add = useMutation({
    async mutationFn(zip: File) {
      setSent(0);
      const { id } = await call('addVersion', { body: { bytes: zip.size } });
      const { request } = await call('signPackage', { params: { version: id } });
      await put(request, zip, setSent, new AbortController().signal);
    },
    onSuccess: () => setFile(undefined),
    onSettled: () => client.invalidateQueries({ queryKey: keys.versions }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (file !== undefined) add.mutate(file);
  };
  return (
    <form className="card" onSubmit={submit}>
      <h2>{strings.addModel}</h2>
      <p>
        <label htmlFor={field}>{strings.modelPackage}</label>
      </p>
      <input
        key={file === undefined ? 'empty' : 'chosen'}
        id={field}
        type="file"
        accept=".zip,application/zip"
        onChange={(event) => setFile(event.currentTarget.files?.[0])}
      />
      <p className="soft">{strings.modelPackageHint}</p>
      {add.isPending && file !== undefined && (
        <Meter
          label={strings.modelSending}
          value={sent / file.size}
          text={strings.usedOf(inBytes(sent), inBytes(file.size))}
        />
      )}
      {add.error !== null && <Trouble title={strings.addModelFailed} error={add.error} />}
      <div className="row">
        <Button type="submit" loading={add.isPending} disabled={file === undefined}>
          {strings.addModelSend}
        </Button>
      </div>
    </form>
  );
}
