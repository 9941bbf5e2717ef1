import type { ReactNode } from 'react';
import type { FigureView } from '../../functions/contract/gallery.ts';
import { inTime } from '../format.ts';
import { Link } from '../navigation.tsx';
import { imageHref } from '../route.ts';
import { words } from './words.ts';

/** What a card says beside its picture and caption. */
export function CardFacts({ figure }: { figure: FigureView }) {
  const { by, counted, model, licence, barMicrometres, scope, until, publishedAt, from } = figure;
  return (
    <dl className="facts">
      <Fact title={words.author}>{by ?? words.nobody}</Fact>
      <Fact title={words.counted}>{counted}</Fact>
      <Fact title={words.model}>{`${model.name} ${model.version}`}</Fact>
      <Fact title={words.licence}>{words.licences[licence ?? '']}</Fact>
      <Fact title={words.scaleBar}>{barMicrometres === undefined ? words.noBar : words.bar(barMicrometres)}</Fact>
      <Fact title={words.published}>{inTime(publishedAt)}</Fact>
      <Fact title={words.seenBy}>{words.scopes[scope]}</Fact>
      <Fact title={words.end}>{until === undefined ? words.stays : inTime(until)}</Fact>
      {from !== undefined && (
        <Fact title={words.from}>
          <Link href={imageHref(from.job, from.path)}>{from.path}</Link>
        </Fact>
      )}
    </dl>
  );
}

const Fact = ({ title, children }: { title: string; children: ReactNode }) => (
  <div>
    <dt>{title}</dt>
    <dd>{children}</dd>
  </div>
);
