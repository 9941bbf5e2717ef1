import { baseParams } from '../contract/pictures.ts';
import { Problem } from '../contract/problems.ts';
import type { BaseResource } from '../core/pictures/base-resource.ts';
import { baseRef } from '../core/pictures/keys.ts';
import type { Recipe } from '../core/pictures/recipe.ts';
import { adminsOnly, pictureId, picturesOf } from './people-pictures.ts';
import { picturesExpireSeconds, signPicture } from './picture-views.ts';
import { checked, type Handlers, type Principal } from './request.ts';
import type { ApiServices } from './services.ts';
import { iso, signedView } from './views.ts';

type BaseHandlers = Pick<Handlers, 'listBases' | 'addBase' | 'deleteBase'>;

/** Base pictures, which administrators add. */
export function baseHandlers(services: ApiServices): BaseHandlers {
  const { ports, signed, newId } = services;
  const open = (who: Principal) => {
    const opened = picturesOf(services);
    adminsOnly(who, services, 'everybody of the lab gets pictures made with these');
    return opened;
  };
  /** One that takes base pictures, whether its containers are there or not. */
  const recipeOf = (name: string, { recipes }: { recipes: readonly Recipe[] }): Recipe => {
    const recipe = recipes.find((each) => each.name === name);
    if (recipe?.base === undefined) throw new Problem('recipeMissing', { name });
    return recipe;
  };

  return {
    async listBases({ who, query: { recipe: name } }) {
      const opened = open(who);
      const bases = await opened.bases.list(recipeOf(name, opened).name);
      const views = bases.map(async (base) => {
        const options = { name: base.id, type: 'application/octet-stream' };
        const download = await signPicture(baseRef(name, base.id), options, services);
        return { ...viewOf(base), ...(download !== undefined && { download }) };
      });
      return { items: await Promise.all(views) };
    },

    async addBase({ who, body: { recipe: name, labels, story, bytes } }) {
      const opened = open(who);
      const { base: needed } = recipeOf(name, opened);
      const missing = needed!.by.find((each) => labels[each] === undefined);
      if (missing !== undefined) throw new Problem('labelsWrong', { what: `'${missing}' is missing` });
      const base = { recipe: name, id: pictureId(newId()), labels, story, addedAt: ports.clock.now() };
      await opened.bases.add(base);
      const options = { bytes, expiresSeconds: picturesExpireSeconds };
      return { base: viewOf(base), request: signedView(await signed.signPut(baseRef(name, base.id), options)) };
    },

    async deleteBase({ who, params }) {
      const { bases } = open(who);
      const { recipe, base } = checked(baseParams, params, 'path');
      await bases.remove(recipe, base);
      await ports.objects.remove(baseRef(recipe, base));
      return undefined;
    },
  };
}

const viewOf = ({ recipe, id, labels, story, addedAt }: BaseResource) => ({
  ...{ recipe, id, labels, story },
  addedAt: iso(addedAt),
});
