import { apiLimits } from '../contract/limits.ts';
import { recipeView } from '../contract/pictures.ts';
import { Problem } from '../contract/problems.ts';
import { sentPictureRef } from '../core/pictures/keys.ts';
import type { DisplayEntry, Picture, PicturePerson, PictureRef } from '../core/pictures/picture.ts';
import type { Recipe } from '../core/pictures/recipe.ts';
import { aboutOf, titleOf } from '../core/pictures/recipe-words.ts';
import type { ListPage } from '../ports/pictures.ts';
import { addPicture, isUsable, picturesOf, recipeNamed } from './people-pictures.ts';
import { isShown, picturesExpireSeconds, pictureView, shownView } from './picture-views.ts';
import type { Handlers } from './request.ts';
import type { ApiServices } from './services.ts';
import { iso, signedView } from './views.ts';

type PictureHandlers = Pick<
  Handlers,
  | 'listRecipes'
  | 'addPicture'
  | 'listPictures'
  | 'listShownPictures'
  | 'showDisplay'
  | 'listDisplays'
  | 'showPicture'
  | 'deletePicture'
>;

type PageQuery = { cursor?: string | undefined; limit?: number | undefined };

export const pageOf = ({ cursor, limit = apiLimits.picturesPage }: PageQuery): ListPage => ({
  limit,
  ...(cursor !== undefined && { cursor }),
});

/** The picture, while there is one that was not withdrawn. Throws the problem `pictureMissing`. */
export async function pictureNamed(ref: PictureRef, services: ApiServices): Promise<Picture> {
  const picture = await picturesOf(services).pictures.get(ref);
  if (picture === undefined || picture.state === 'withdrawn') throw new Problem('pictureMissing', { id: ref.id });
  return picture;
}

/** Hides a picture at once; the stage removes what there is of it. */
async function removePicture({ owner, id }: PictureRef, services: ApiServices): Promise<void> {
  await picturesOf(services).pictures.take({ owner, id }, { do: 'withdraw', why: 'deleted', by: 'owner' });
  await services.ports.queue.send('pictures', [{ kind: 'withdraw', owner, id }]);
}

/** Pictures of the person who calls, and those that the lab sees. */
export function pictureHandlers(services: ApiServices): PictureHandlers {
  const { signed, ports } = services;

  return {
    async listRecipes() {
      const settings = picturesOf(services);
      return { items: settings.recipes.map((recipe) => viewOf(recipe, isUsable(recipe, settings))) };
    },

    async addPicture({ who, body: { recipe, labels, bytes } }) {
      const settings = picturesOf(services);
      const picture = await addPicture({ owner: who.owner, recipe: recipeNamed(recipe, settings), labels }, services);
      const options = { bytes, expiresSeconds: picturesExpireSeconds };
      const request = signedView(await signed.signPut(sentPictureRef(picture), options));
      return { picture: pictureView(picture), request };
    },

    async listPictures({ who, query }) {
      const { pictures, agreements } = picturesOf(services);
      const { items, ...rest } = await pictures.list(who.owner, pageOf(query));
      const [person, versions] = await Promise.all([pictures.person(who.owner), agreements.versions()]);
      const shown = items.filter(({ state }) => state !== 'withdrawn');
      return {
        ...rest,
        items: await Promise.all(shown.map((each) => shownView(each, { person, versions }, services))),
      };
    },

    async listShownPictures({ query }) {
      const { pictures, agreements } = picturesOf(services);
      const { items, ...rest } = await pictures.inList('lab', pageOf(query));
      const versions = await agreements.versions();
      const owners = [...new Set(items.map(({ owner }) => owner))];
      const found = await Promise.all(owners.map((owner) => pictures.person(owner))); // a page has a hundred at most
      const people = new Map<string, PicturePerson>(found.map((person) => [person.owner, person]));
      const now = ports.clock.now();
      const shown = items.filter((each) => isShown(each, people.get(each.owner)!, versions, now));
      const views = shown.map((each) => shownView(each, { person: people.get(each.owner)!, versions }, services));
      return { ...rest, items: await Promise.all(views) };
    },

    async showDisplay({ who }) {
      const { pictures, agreements } = picturesOf(services);
      const person = await pictures.person(who.owner);
      if (person.display === undefined) return {};
      const picture = await pictures.get({ owner: who.owner, id: person.display.id });
      const versions = await agreements.versions();
      if (picture === undefined || !isShown(picture, person, versions, ports.clock.now())) return {};
      return { picture: await shownView(picture, { person, versions }, services) };
    },

    async listDisplays({ who, query }) {
      const page = await picturesOf(services).pictures.history(who.owner, pageOf(query));
      return { ...page, items: page.items.map(entryView) };
    },

    async showPicture({ who, params }) {
      const picture = await pictureNamed({ owner: who.owner, id: params.picture! }, services);
      const { pictures, agreements } = picturesOf(services);
      const [person, versions] = await Promise.all([pictures.person(who.owner), agreements.versions()]);
      return shownView(picture, { person, versions }, services);
    },

    async deletePicture({ who, params }) {
      const picture = await pictureNamed({ owner: who.owner, id: params.picture! }, services);
      await removePicture(picture, services);
      return undefined;
    },
  };
}

const entryView = ({ entry: _, id, at, ...rest }: DisplayEntry) => ({ ...rest, picture: id, at: iso(at) });

function viewOf(recipe: Recipe, usable: boolean) {
  const { name, accepts, consent, labels, complete } = recipe;
  const words = { title: titleOf(recipe), about: aboutOf(recipe) };
  return recipeView.parse({ name, ...words, accepts, consent, labels, usable, ...complete });
}
