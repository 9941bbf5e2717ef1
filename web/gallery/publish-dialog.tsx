import { Button, Checkbox, NativeSelect } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import type { FigureView } from '../../functions/contract/gallery.ts';
import type { JobView } from '../../functions/contract/jobs.ts';
import { useService } from '../api/context.tsx';
import { useFiles, useResults } from '../api/queries.ts';
import { Show, Trouble } from '../components/show.tsx';
import { go } from '../navigation.tsx';
import { cardHref } from '../route.ts';
import { CardAddress } from './card-address.tsx';
import { CardFields } from './card-fields.tsx';
import { bodyOf, type CardWords } from './card-words.ts';
import './gallery.css';
import { galleryKey } from './queries.ts';
import { Visible } from './visible.tsx';
import { words } from './words.ts';

interface PublishDialogProps {
  job: JobView;
  path?: string | undefined;
  onClose(): void;
}

/** Says exactly what will be visible, to whom and until when, before it is. */
export function PublishDialog({ job, path, onClose }: PublishDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const [published, setPublished] = useState<FigureView>();
  useEffect(() => dialog.current?.showModal(), []);
  const close = () => dialog.current?.close();
  return (
    <dialog ref={dialog} className="gallery-dialog" aria-labelledby={heading} onClose={onClose}>
      <h2 id={heading} className="dialog-title">
        {words.publishTitle}
      </h2>
      {published !== undefined ? (
        <Published figure={published} onClose={close} />
      ) : path !== undefined ? (
        <Publish job={job} path={path} onPublished={setPublished} onClose={close} />
      ) : (
        <ChooseImage job={job} onPublished={setPublished} onClose={close} />
      )}
    </dialog>
  );
}

interface PublishProps {
  job: JobView;
  onPublished(figure: FigureView): void;
  onClose(): void;
}

function ChooseImage({ job, ...rest }: PublishProps) {
  const files = useFiles(job, 'done');
  const [chosen, setChosen] = useState<string>();
  return (
    <Show what={files}>
      {(done) => {
        const path = chosen ?? done[0]?.path;
        if (path === undefined) return <p>{words.noImage}</p>;
        return (
          <>
            <NativeSelect
              label={words.image}
              value={path}
              data={done.map((file) => file.path)}
              onChange={(event) => setChosen(event.currentTarget.value)}
            />
            <Publish key={path} job={job} path={path} {...rest} />
          </>
        );
      }}
    </Show>
  );
}

function Publish({ job, path, onPublished, onClose }: PublishProps & { path: string }) {
  const { call, me } = useService();
  const client = useQueryClient();
  const results = useResults(job.id, path);
  const [key] = useState(() => crypto.randomUUID());
  const [bar, setBar] = useState(true);
  const [card, setCard] = useState<CardWords>(() => ({
    ...{ caption: '', by: me.name ?? '', licence: '', scope: 'lab', until: '' },
  }));
  const publish = useMutation({
    mutationFn: () =>
      call('publishFigure', { params: { id: job.id }, key, body: { path, ...bodyOf(card), scaleBar: bar } }),
    onSuccess: async (figure) => {
      onPublished(figure);
      await client.invalidateQueries({ queryKey: galleryKey });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    publish.mutate();
  };
  return (
    <form onSubmit={submit}>
      <p>{words.publishText}</p>
      <CardFields card={card} onChange={setCard} />
      <Show what={results}>
        {({ files, summary }) => (
          <>
            {summary?.pixelSize === undefined ? (
              <p className="soft">{words.noPixelSize}</p>
            ) : (
              <Checkbox label={words.drawBar} checked={bar} onChange={(event) => setBar(event.currentTarget.checked)} />
            )}
            <Visible
              card={card}
              summary={summary}
              preview={files.find(({ kind }) => kind === 'preview.png')?.request.url}
              bar={bar && summary?.pixelSize !== undefined}
            />
          </>
        )}
      </Show>
      {publish.error !== null && <Trouble title={words.publishFailed} error={publish.error} />}
      <div className="row">
        <Button type="submit" loading={publish.isPending}>
          {words.publish}
        </Button>
        <Button variant="default" onClick={onClose}>
          {words.cancel}
        </Button>
      </div>
    </form>
  );
}

const Published = ({ figure, onClose }: { figure: FigureView; onClose(): void }) => (
  <>
    <p role="status">{words.done}</p>
    <div className="row">
      <CardAddress figure={figure} />
      <Button
        variant="default"
        onClick={() => {
          onClose();
          go(cardHref(figure.id));
        }}
      >
        {words.open}
      </Button>
      <Button variant="default" onClick={onClose}>
        {words.close}
      </Button>
    </div>
  </>
);
