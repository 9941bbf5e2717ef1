import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ShownPicture } from '../../functions/contract/pictures.ts';
import { useService } from '../api/context.tsx';
import { Link } from '../navigation.tsx';
import { agreementsHref, reviewHref } from '../route.ts';
import { AskedButton } from './asked-button.tsx';
import { peopleKeys, usePictureName } from './queries.ts';
import { words } from './words.ts';

const badges: Partial<Record<ShownPicture['state'], string>> = { shown: 'good', failed: 'bad', hidden: '' };

/** One picture of the user: its state in words, what is shown of it, and how it goes. */
export function PictureRow({ picture }: { picture: ShownPicture }) {
  const { id, person, state, show, story, failure, download } = picture;
  const name = usePictureName()(picture);
  return (
    <li className="people-picture">
      {download !== undefined && <img src={download.request.url} alt={name} />}
      <div>
        <p>
          <strong>{name}</strong>{' '}
          <span className={`badge ${badges[state] ?? 'moving'}`} data-state={state}>
            {words.states[state]}
          </span>
        </p>
        {state === 'shown' && <p className="soft">{words.seenBy[show]}</p>}
        {story !== undefined && story !== '-' && state === 'shown' && <p className="job-note">{story}</p>}
        {failure !== undefined && <p>{failure.message}</p>}
        <div className="row">
          {state === 'held' && <Link href={agreementsHref}>{words.toAgreements}</Link>}
          {state === 'reviewing' && <Link href={reviewHref(person, id)}>{words.review}</Link>}
          <RemoveButton id={id} name={name} />
        </div>
      </div>
    </li>
  );
}

function RemoveButton({ id, name }: { id: string; name: string }) {
  const { call } = useService();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => call('deletePicture', { params: { picture: id } }),
    onSettled: () => client.invalidateQueries({ queryKey: peopleKeys.pictures }),
  });
  return (
    <AskedButton
      label={words.remove}
      of={words.removeOf(name)}
      pending={remove.isPending}
      failure={{ title: words.removeFailed, error: remove.error }}
      question={{ title: words.removeTitle, text: words.removeText, confirm: words.removeConfirm }}
      onConfirm={() => remove.mutate()}
    />
  );
}
