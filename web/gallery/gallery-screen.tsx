import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import type { FigureScope } from '../../functions/core/figure.ts';
import { ScreenHeading } from '../components/heading.tsx';
import { Show } from '../components/show.tsx';
import './gallery.css';
import { useWall } from './queries.ts';
import { Wall } from './wall.tsx';
import { words } from './words.ts';

/** The lab's wall of published results. */
export function GalleryScreen() {
  const [scope, setScope] = useState<FigureScope>('lab');
  const { items, more, isLoading } = useWall(scope);
  return (
    <>
      <ScreenHeading>{words.title}</ScreenHeading>
      <p>{words.text}</p>
      <NativeSelect
        label={words.show}
        className="gallery-scope"
        value={scope}
        data={(['lab', 'public'] as const).map((value) => ({ value, label: words.shown[value] }))}
        onChange={(event) => setScope(event.currentTarget.value as FigureScope)}
      />
      <Show what={items}>
        {(figures) =>
          figures.length === 0 && more === undefined ? (
            <p className="soft">{scope === 'lab' ? words.none : words.nonePublic}</p>
          ) : (
            <Wall key={scope} figures={figures} more={isLoading ? undefined : more} isWhole={more === undefined} />
          )
        }
      </Show>
    </>
  );
}
