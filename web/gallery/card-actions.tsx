import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { FigureView } from '../../functions/contract/gallery.ts';
import { useService } from '../api/context.tsx';
import { useMe } from '../api/queries.ts';
import { Question } from '../components/question.tsx';
import { Trouble } from '../components/show.tsx';
import { go } from '../navigation.tsx';
import { galleryHref } from '../route.ts';
import { CardAddress } from './card-address.tsx';
import { CardFields } from './card-fields.tsx';
import { bodyOf, wordsOf } from './card-words.ts';
import { galleryKey } from './queries.ts';
import { words } from './words.ts';

/** What can be done with a card: its owner changes it, its owner or an administrator hides it. */
export function CardActions({ figure }: { figure: FigureView }) {
  const { call } = useService();
  const client = useQueryClient();
  const me = useMe();
  const [asking, setAsking] = useState<'change' | 'hide'>();
  const params = { figure: figure.id };
  const change = useMutation({
    mutationFn: (body: ReturnType<typeof bodyOf>) => call('changeFigure', { params, body }),
    onSuccess: () => client.invalidateQueries({ queryKey: galleryKey }),
  });
  const hide = useMutation({
    mutationFn: () => call('hideFigure', { params }),
    onSuccess: async () => {
      go(galleryHref, { replace: true });
      await client.invalidateQueries({ queryKey: galleryKey });
    },
  });
  const mayHide = figure.own || (me.state === 'ready' && me.data.admin);
  const close = () => setAsking(undefined);
  return (
    <>
      <div className="row actions">
        <CardAddress figure={figure} />
        {figure.own && (
          <Button variant="default" onClick={() => setAsking('change')}>
            {words.change}
          </Button>
        )}
        {mayHide && (
          <Button variant="default" className="danger" loading={hide.isPending} onClick={() => setAsking('hide')}>
            {words.hide}
          </Button>
        )}
      </div>
      {change.error !== null && <Trouble title={words.changeFailed} error={change.error} />}
      {hide.error !== null && <Trouble title={words.hideFailed} error={hide.error} />}
      {asking === 'change' && (
        <ChangeDialog figure={figure} onClose={close} onConfirm={(body) => change.mutate(body)} />
      )}
      {asking === 'hide' && (
        <Question title={words.hideTitle} text={words.hideText} onClose={close} onConfirm={() => hide.mutate()}>
          <Button type="submit" className="danger filled">
            {words.hideConfirm}
          </Button>
          <Button variant="default" onClick={close}>
            {words.keep}
          </Button>
        </Question>
      )}
    </>
  );
}

interface ChangeDialogProps {
  figure: FigureView;
  onClose(): void;
  onConfirm(body: ReturnType<typeof bodyOf>): void;
}

function ChangeDialog({ figure, onClose, onConfirm }: ChangeDialogProps) {
  const [card, setCard] = useState(() => wordsOf(figure));
  return (
    <Question
      title={words.changeTitle}
      onClose={onClose}
      onConfirm={() => onConfirm(bodyOf(card))}
      field={<CardFields card={card} onChange={setCard} />}
    >
      <Button type="submit">{words.save}</Button>
      <Button variant="default" onClick={onClose}>
        {words.keep}
      </Button>
    </Question>
  );
}
