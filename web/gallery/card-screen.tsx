import type { ReactNode } from 'react';
import type { FigureView } from '../../functions/contract/gallery.ts';
import { isGone } from '../api/is-gone.ts';
import { ScreenHeading } from '../components/heading.tsx';
import { Notice } from '../components/notice.tsx';
import { Show } from '../components/show.tsx';
import { Link } from '../navigation.tsx';
import { galleryHref } from '../route.ts';
import { CardActions } from './card-actions.tsx';
import { CardFacts } from './card-facts.tsx';
import './gallery.css';
import { useCard } from './queries.ts';
import { words } from './words.ts';

/** One card of the gallery, as large as it is. */
export function CardScreen({ id }: { id: string }) {
  const card = useCard(id);
  return (
    <>
      <p>
        <Link href={galleryHref}>← {words.back}</Link>
      </p>
      {card.state !== 'ready' && <ScreenHeading>{words.card}</ScreenHeading>}
      <Show what={card} instead={gone}>
        {(figure) => <Card figure={figure} />}
      </Show>
    </>
  );
}

function gone({ error }: { error: Error }): ReactNode {
  return isGone(error) ? (
    <Notice kind="bad" title={words.gone}>
      <p>{words.goneText}</p>
    </Notice>
  ) : undefined;
}

function Card({ figure }: { figure: FigureView }) {
  const { caption, picture } = figure;
  const [title = '', ...rest] = caption.split('\n');
  return (
    <>
      <ScreenHeading>{title}</ScreenHeading>
      <img
        className="gallery-picture"
        src={picture.request.url}
        width={picture.width}
        height={picture.height}
        alt={words.picture(title)}
      />
      {rest.length > 0 && <p className="job-note">{rest.join('\n').trim()}</p>}
      <CardActions figure={figure} />
      <CardFacts figure={figure} />
    </>
  );
}
