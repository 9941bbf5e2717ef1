import type { FileSummary } from '../../functions/core/summary.ts';
import { inTime } from '../format.ts';
import { strings } from '../strings.ts';
import { type CardWords, endOfDay } from './card-words.ts';
import { words } from './words.ts';

interface VisibleProps {
  card: CardWords;
  summary: FileSummary | undefined;
  /** Signed. */
  preview: string | undefined;
  /** A scale bar is drawn. */
  bar: boolean;
}

/** All that others will see of a card, and what they will not. */
export function Visible({ card, summary, preview, bar }: VisibleProps) {
  const { caption, by, licence, scope, until } = card;
  const facts: [string, string][] = [
    [words.seenBy, words.visibleTo(scope, until === '' ? undefined : inTime(endOfDay(until)))],
    [words.card, words.visiblePicture(bar)],
    [words.caption, caption.trim() || '…'],
    [words.author, by.trim() || words.nobody],
    ...(summary === undefined
      ? []
      : ([
          [words.counted, strings.counted(summary)],
          [words.model, `${summary.model.name} ${summary.model.version}`],
        ] satisfies [string, string][])),
    [words.licence, words.licences[licence]],
    [words.published, words.publishedNow],
  ];
  return (
    <section className="gallery-visible">
      <h3>{words.visible}</h3>
      {preview !== undefined && <img src={preview} alt={words.visiblePicture(false)} />}
      <dl className="facts">
        {facts.map(([title, text]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <p className="soft">{words.hidden}</p>
    </section>
  );
}
