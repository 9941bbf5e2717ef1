import { NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useId, useState } from 'react';
import { type FigureScope, figureScopes, type Licence, licences } from '../../functions/core/figure.ts';
import { type CardWords, daysOf, withScope } from './card-words.ts';
import { words } from './words.ts';

interface CardFieldsProps {
  card: CardWords;
  onChange(card: CardWords): void;
}

/** The words of a card, who sees it, and until when. */
export function CardFields({ card, onChange }: CardFieldsProps) {
  const name = useId();
  const [now] = useState(Date.now);
  const set = (more: Partial<CardWords>) => onChange({ ...card, ...more });
  return (
    <div className="gallery-fields">
      <Textarea
        label={words.caption}
        description={words.captionHint}
        value={card.caption}
        required
        rows={3}
        maxLength={2000}
        onChange={(event) => set({ caption: event.currentTarget.value })}
      />
      <TextInput
        label={words.author}
        description={words.byHint}
        value={card.by}
        maxLength={200}
        autoComplete="off"
        onChange={(event) => set({ by: event.currentTarget.value })}
      />
      <NativeSelect
        label={words.licence}
        value={card.licence}
        data={(['', ...licences] as const).map((value) => ({ value, label: words.licences[value] }))}
        onChange={(event) => set({ licence: event.currentTarget.value as Licence | '' })}
      />
      <fieldset className="gallery-who">
        <legend>{words.who}</legend>
        {figureScopes.map((scope: FigureScope) => (
          <label key={scope}>
            <input
              type="radio"
              name={name}
              checked={card.scope === scope}
              onChange={() => onChange(withScope(card, scope, now))}
            />
            {words.whoOf[scope]}
          </label>
        ))}
      </fieldset>
      <TextInput
        type="date"
        label={words.untilDay}
        description={words.untilHint[card.scope]}
        value={card.until}
        required={card.scope === 'public'}
        {...daysOf(card.scope, now)}
        onChange={(event) => set({ until: event.currentTarget.value })}
      />
    </div>
  );
}
