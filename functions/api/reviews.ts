import { reviewParams } from '../contract/pictures.ts';
import { Problem } from '../contract/problems.ts';
import { Failure } from '../core/errors.ts';
import { isWithdrawn } from '../core/pictures/agreement.ts';
import { uprightRef } from '../core/pictures/keys.ts';
import type { Actor, Picture, Region } from '../core/pictures/picture.ts';
import type { Step } from '../core/pictures/transitions.ts';
import { allItems } from '../object-streams/all-pages.ts';
import { picturesOf } from './people-pictures.ts';
import { pictureView, signPicture } from './picture-views.ts';
import { pageOf, pictureNamed } from './pictures.ts';
import { checked, type Handlers, type Principal } from './request.ts';
import type { ApiServices } from './services.ts';

type ReviewHandlers = Pick<Handlers, 'listReviews' | 'showReview' | 'reviewPicture'>;

/** Looks at regions: those of one's own pictures, and for administrators all. */
export function reviewHandlers(services: ApiServices): ReviewHandlers {
  const isAdmin = ({ caller }: Principal) => caller.admin || services.config.signIn === 'link';

  /** One that waits for a review. Another person's picture is as missing as none. */
  const waiting = async (who: Principal, params: Readonly<Record<string, string>>): Promise<Picture> => {
    const { person, picture: id } = checked(reviewParams, params, 'path');
    if (person !== who.owner && !isAdmin(who)) throw new Problem('pictureMissing', { id });
    const picture = await pictureNamed({ owner: person, id }, services);
    // its objects go in some seconds, its consent is gone already
    if (isWithdrawn(await picturesOf(services).pictures.person(person), picture))
      throw new Problem('pictureMissing', { id });
    if (picture.state !== 'reviewing') throw new Problem('pictureState', { why: `it is ${picture.state}` });
    return picture;
  };

  return {
    async listReviews({ who, query }) {
      const { pictures } = picturesOf(services);
      if (isAdmin(who)) {
        const { items, ...rest } = await pictures.inList('review', pageOf(query));
        return { ...rest, items: items.map(pictureView) };
      }
      const own: Picture[] = [];
      for await (const picture of allItems((page) => pictures.list(who.owner, page)))
        if (picture.state === 'reviewing') own.push(picture);
      return { items: own.map(pictureView) };
    },

    async showReview({ who, params }) {
      const picture = await waiting(who, params);
      const options = { name: `${picture.id}.png`, type: 'image/png' };
      const download = await signPicture(uprightRef(picture), options, services);
      if (download === undefined) throw new Problem('pictureState', { why: 'its upright picture is not there yet' });
      return { picture: pictureView(picture), download };
    },

    async reviewPicture({ who, params, body: { regions, show } }) {
      const picture = await waiting(who, params);
      const step = show ? reviewedBy(picture.owner === who.owner ? 'owner' : 'admin', regions) : keptBack();
      const reviewed = await picturesOf(services).pictures.take(picture, step);
      if (reviewed === undefined) throw new Problem('pictureState', { why: 'somebody else looked at it meanwhile' });
      // swap goes on with it, or removes its objects
      await services.ports.queue.send('pictures', [{ kind: 'swap', owner: picture.owner, id: picture.id }]);
      return pictureView(reviewed);
    },
  };
}

type GivenRegion = Omit<Region, 'score'> & { score?: number | undefined };

const reviewedBy = (by: Actor, regions: readonly GivenRegion[]): Step => ({
  ...{ do: 'reviewed', by },
  regions: regions.map(withoutUndefined),
});

function keptBack(): Step {
  const { code, message } = new Failure('pictureKeptBack', {});
  return { do: 'fail', failure: { code, message } };
}

const withoutUndefined = ({ score, ...box }: GivenRegion): Region => (score === undefined ? box : { ...box, score });
