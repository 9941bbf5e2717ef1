import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import { useService } from '../api/context.tsx';
import { Trouble } from '../components/show.tsx';
import { strings } from '../strings.ts';
import { useShowBegun } from './use-show-begun.ts';

/** For the first visit: a job of example images, which shows its results a moment later. */
export function ExampleButton() {
  const { call, uploads } = useService();
  const showBegun = useShowBegun();
  const key = useRef(crypto.randomUUID());
  const begin = useMutation({
    mutationFn: async () => {
      const { exampleImages } = await import('./example-images.ts');
      const send = await exampleImages();
      const body = { source: 'files', name: strings.exampleName, announced: send.length } as const;
      const job = await call('createJob', { body, key: key.current });
      uploads.start(job, { send, notSent: [] });
      showBegun(job.id);
    },
  });
  return (
    <>
      <Button variant="default" loading={begin.isPending} onClick={() => begin.mutate()}>
        {strings.tryExample}
      </Button>
      {begin.error !== null && <Trouble title={strings.createFailed} error={begin.error} />}
    </>
  );
}
