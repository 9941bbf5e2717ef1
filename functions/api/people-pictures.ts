import { createHash } from 'node:crypto';
import { Problem } from '../contract/problems.ts';
import { type BaseResource, fittingBases } from '../core/pictures/base-resource.ts';
import { baseRef } from '../core/pictures/keys.ts';
import type { BaseChoice, Picture } from '../core/pictures/picture.ts';
import { containersOf, type Recipe } from '../core/pictures/recipe.ts';
import type { PeoplePorts } from '../ports/ports.ts';
import type { PictureSettings } from './picture-settings.ts';
import type { Principal } from './request.ts';
import type { ApiServices } from './services.ts';

export type OpenPictures = PeoplePorts & PictureSettings;

/** Whose routes are there only where the feature is on. */
export function picturesOf({ pictures, ports: { people } }: Pick<ApiServices, 'pictures' | 'ports'>): OpenPictures {
  if (pictures === undefined || people === undefined) throw new Error('there are no pictures of people here');
  return { ...people, ...pictures };
}

export const isUsable = (recipe: Recipe, { containers }: PictureSettings): boolean =>
  containersOf(recipe).every((name) => containers.includes(name));

/** Throws the problem `recipeMissing`, also where its containers are not there. */
export function recipeNamed(name: string, settings: PictureSettings): Recipe {
  const recipe = settings.recipes.find((each) => each.name === name);
  if (recipe === undefined || !isUsable(recipe, settings)) throw new Problem('recipeMissing', { name });
  return recipe;
}

/** The one person of a service without accounts is its administrator. */
export function adminsOnly({ caller }: Principal, { config }: Pick<ApiServices, 'config'>, what: string): void {
  if (!caller.admin && config.signIn !== 'link') throw new Problem('adminsOnly', { what });
}

/** Eight hexadecimal digits, made of an id that is hard to guess. */
export const pictureId = (id: string): string => createHash('sha256').update(id).digest('hex').slice(0, 8);

/** Ids that are tried where one is taken: eight digits of one person hardly ever meet. */
const mostTries = 5;

export interface Upload {
  owner: string;
  recipe: Recipe;
  labels: Record<string, string>;
}

/** A picture that waits for its bytes, with a base picture where its recipe needs one. Throws `labelsWrong` and `baseMissing`. */
export async function addPicture({ owner, recipe, labels }: Upload, services: ApiServices): Promise<Picture> {
  const { pictures } = picturesOf(services);
  const missing = recipe.labels.find((name) => labels[name] === undefined);
  if (missing !== undefined) throw new Problem('labelsWrong', { what: `'${missing}' is missing` });
  const unknown = Object.keys(labels).find((name) => !recipe.labels.includes(name));
  if (unknown !== undefined) throw new Problem('labelsWrong', { what: `'${unknown}' is none of them` });
  const base = await chooseBase({ owner, recipe, labels }, services);
  const { show, keepMinutes } = recipe.complete;
  for (let tries = 0; tries < mostTries; tries++) {
    const added = await pictures.add({
      ...{ owner, id: pictureId(services.newId()), recipe: recipe.name, needs: recipe.consent, labels, show },
      ...(keepMinutes !== undefined && { keepMinutes }),
      ...(base !== undefined && { base }),
    });
    if (added !== undefined) return added;
  }
  throw new Error(`no id was free for a picture of ${owner}`);
}

/** At random among those that fit and have arrived. */
async function chooseBase({ recipe, labels }: Upload, services: ApiServices): Promise<BaseChoice | undefined> {
  if (recipe.base === undefined) return undefined;
  const { by } = recipe.base;
  const fitting = fittingBases(await picturesOf(services).bases.list(recipe.name), by, labels);
  const drawn = shuffled(fitting, services.newId());
  for (const { id, story } of drawn)
    if ((await services.ports.objects.head(baseRef(recipe.name, id))) !== undefined) return { id, story };
  throw new Problem('baseMissing', { labels: by.map((name) => `${name} ${labels[name]}`).join(', ') });
}

/** In an order that a random id decides. */
function shuffled(bases: readonly BaseResource[], seed: string): BaseResource[] {
  const rank = ({ id }: BaseResource) => createHash('sha256').update(`${seed} ${id}`).digest('hex');
  return bases
    .map((base) => ({ base, at: rank(base) }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ base }) => base);
}
