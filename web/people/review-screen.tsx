import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { AnswerOf } from '../../client/call.ts';
import { ServiceError } from '../../client/service-error.ts';
import { useService } from '../api/context.tsx';
import { ScreenHeading } from '../components/heading.tsx';
import { Notice } from '../components/notice.tsx';
import { Question } from '../components/question.tsx';
import { Show, Trouble } from '../components/show.tsx';
import { go, Link } from '../navigation.tsx';
import { reviewsHref } from '../route.ts';
import { PeopleNav } from './people-nav.tsx';
import { peopleKeys, useRecipeNamed, useReview } from './queries.ts';
import { RegionEditor } from './region-editor.tsx';
import type { Box } from './regions.ts';
import { words } from './words.ts';

/** One picture that waits: its boxes are corrected, then it is shown or kept back. */
export function ReviewScreen({ person, picture }: { person: string; picture: string }) {
  return (
    <>
      <PeopleNav />
      <p>
        <Link href={reviewsHref}>← {words.toReviews}</Link>
      </p>
      <ScreenHeading>{words.reviewTitle}</ScreenHeading>
      <Show what={useReview(person, picture)} instead={notWaiting}>
        {(review) => <Review review={review} />}
      </Show>
    </>
  );
}

/** 404: it was deleted; 409: it is in another state. */
function notWaiting({ error }: { error: Error }): ReactNode {
  if (!(error instanceof ServiceError) || (error.status !== 404 && error.status !== 409)) return undefined;
  return (
    <Notice kind="info" title={words.notWaiting}>
      <p>{words.notWaitingText}</p>
    </Notice>
  );
}

function Review({ review: { picture, download } }: { review: AnswerOf<'showReview'> }) {
  const { call } = useService();
  const client = useQueryClient();
  const recipe = useRecipeNamed()(picture.recipe);
  const [boxes, setBoxes] = useState<readonly Box[]>(() =>
    (picture.regions ?? []).map((region, i) => ({ id: i + 1, region })),
  );
  const [asking, setAsking] = useState<'noBox' | 'keepBack'>();
  const decide = useMutation({
    mutationFn: (show: boolean) =>
      call('reviewPicture', {
        params: { person: picture.person, picture: picture.id },
        body: { show, regions: boxes.map(({ region }) => region) },
      }),
    async onSuccess() {
      go(reviewsHref, { replace: true });
      await Promise.all(
        [peopleKeys.reviews, peopleKeys.pictures].map((queryKey) => client.invalidateQueries({ queryKey })),
      );
    },
  });
  return (
    <>
      <p>{words.reviewText}</p>
      {recipe !== undefined && <p className="soft">{words.recipeOf(recipe)}</p>}
      <RegionEditor url={download.request.url} size={picture.size!} boxes={boxes} onChange={setBoxes} />
      {decide.error !== null && <Trouble title={words.reviewFailed} error={decide.error} />}
      <div className="row actions">
        <Button
          loading={decide.isPending}
          onClick={() => (boxes.length === 0 ? setAsking('noBox') : decide.mutate(true))}
        >
          {words.show}
        </Button>
        <Button variant="default" className="danger" disabled={decide.isPending} onClick={() => setAsking('keepBack')}>
          {words.keepBack}
        </Button>
      </div>
      {asking !== undefined && (
        <Ask what={asking} onClose={() => setAsking(undefined)} onConfirm={() => decide.mutate(asking === 'noBox')} />
      )}
    </>
  );
}

const questions = {
  noBox: { title: words.noBoxTitle, text: words.noBoxText, yes: words.showConfirm },
  keepBack: { title: words.keepBackTitle, text: words.keepBackText, yes: words.keepBackConfirm },
};

interface AskProps {
  what: keyof typeof questions;
  onClose(): void;
  onConfirm(): void;
}

function Ask({ what, onClose, onConfirm }: AskProps) {
  const { title, text, yes } = questions[what];
  return (
    <Question title={title} text={text} onClose={onClose} onConfirm={onConfirm}>
      <Button type="submit" className="danger filled">
        {yes}
      </Button>
      <Button variant="default" onClick={onClose}>
        {words.cancel}
      </Button>
    </Question>
  );
}
