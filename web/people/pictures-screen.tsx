import { Button } from '@mantine/core';
import { ScreenHeading } from '../components/heading.tsx';
import { Show } from '../components/show.tsx';
import { PeopleNav } from './people-nav.tsx';
import { PictureRow } from './picture-row.tsx';
import { usePictureName, usePictures, useShownPictures } from './queries.ts';
import { SendPicture } from './send-picture.tsx';
import { words } from './words.ts';

/** Photographs of the user: send one, what state each is in, what came of it; and what the lab sees. */
export function PicturesScreen() {
  return (
    <>
      <PeopleNav />
      <ScreenHeading>{words.pictures}</ScreenHeading>
      <p>{words.picturesText}</p>
      <SendPicture />
      <Own />
      <OfLab />
    </>
  );
}

function Own() {
  const { items, more } = usePictures();
  return (
    <>
      <h2>{words.yours}</h2>
      <Show what={items}>
        {(pictures) =>
          pictures.length === 0 ? (
            <p className="soft">{words.none}</p>
          ) : (
            <ul className="plain people-pictures">
              {pictures.map((picture) => (
                <PictureRow key={picture.id} picture={picture} />
              ))}
            </ul>
          )
        }
      </Show>
      <More more={more} />
    </>
  );
}

function OfLab() {
  const { items, more } = useShownPictures();
  const nameOf = usePictureName();
  return (
    <>
      <h2>{words.ofLab}</h2>
      <Show what={items}>
        {(pictures) =>
          pictures.length === 0 ? (
            <p className="soft">{words.noneOfLab}</p>
          ) : (
            <ul className="plain people-wall">
              {pictures.map((picture) => (
                <li key={`${picture.person} ${picture.id}`}>
                  {picture.download !== undefined && <img src={picture.download.request.url} alt={nameOf(picture)} />}
                </li>
              ))}
            </ul>
          )
        }
      </Show>
      <More more={more} />
    </>
  );
}

const More = ({ more }: { more: (() => void) | undefined }) =>
  more === undefined ? null : (
    <Button variant="default" size="compact-sm" onClick={more}>
      {words.older}
    </Button>
  );
