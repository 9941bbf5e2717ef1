import { Button } from '@mantine/core';
import { ScreenHeading } from '../components/heading.tsx';
import { Show } from '../components/show.tsx';
import { Link } from '../navigation.tsx';
import { reviewHref } from '../route.ts';
import { PeopleNav } from './people-nav.tsx';
import { usePictureName, useReviews } from './queries.ts';
import { words } from './words.ts';

/** Pictures that wait for a person to look at their boxes. */
export function ReviewsScreen() {
  const { items, more } = useReviews();
  const nameOf = usePictureName();
  return (
    <>
      <PeopleNav />
      <ScreenHeading>{words.reviews}</ScreenHeading>
      <p>{words.reviewsText}</p>
      <Show what={items}>
        {(pictures) =>
          pictures.length === 0 ? (
            <p className="soft">{words.noReviews}</p>
          ) : (
            <ul className="plain people-records">
              {pictures.map((picture) => (
                <li key={`${picture.person} ${picture.id}`}>
                  <Link href={reviewHref(picture.person, picture.id)}>{nameOf(picture)}</Link>
                  <p className="soft">{words.boxes(picture.regions?.length ?? 0)}</p>
                </li>
              ))}
            </ul>
          )
        }
      </Show>
      {more !== undefined && (
        <Button variant="default" size="compact-sm" onClick={more}>
          {words.moreReviews}
        </Button>
      )}
    </>
  );
}
