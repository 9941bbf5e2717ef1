import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Failure } from '../../functions/core/errors.ts';
import type { Gallery } from '../../functions/core/features.ts';
import type { PictureSetup } from '../../functions/core/pictures/picture-setup.ts';
import type { Recipe } from '../../functions/core/pictures/recipe.ts';
import { allRecipes } from '../../functions/recipes/all-recipes.ts';
import { readRecipe } from '../../functions/recipes/read-recipe.ts';
import { UserError } from '../errors.ts';

/** Of pictures of people, as a command line has them. */
export interface PeopleOptions {
  /** Files of recipes, beside those that are shipped. */
  recipe?: string[];
  /** `NAME=ADDRESS` or `NAME=FOLDER`. */
  container?: string[];
  usualRecipe: string;
  gallery: Gallery;
}

/**
 * Nothing where the gallery has no pictures of people. Recipes are those that are shipped and those of files, of which one
 * of the same name wins. Throws `recipeUnusable` and `usage`.
 */
export async function peopleOf(options: PeopleOptions, cwd: string): Promise<{ people?: PictureSetup }> {
  if (options.gallery !== 'people') return {};
  const files: Recipe[] = [];
  for (const file of options.recipe ?? []) files.push(await recipeIn(resolve(cwd, file), file));
  const recipes = allRecipes(files);
  const { usualRecipe } = options;
  if (!recipes.some(({ name }) => name === usualRecipe)) throw usage(`there is no recipe '${usualRecipe}'`);
  const containers: Record<string, string> = {};
  for (const given of options.container ?? []) {
    const [, name, where] = /^([a-z][a-z0-9-]{0,39})=(.+)$/.exec(given) ?? [];
    if (name === undefined || where === undefined) throw usage(`'${given}' is not NAME=ADDRESS or NAME=FOLDER`);
    containers[name] = /^https?:\/\//.test(where) ? where : resolve(cwd, where);
  }
  return { people: { recipes, containers, usualRecipe } };
}

const usage = (detail: string) => new UserError('usage', { detail, command: 'local' });

async function recipeIn(path: string, file: string): Promise<Recipe> {
  try {
    return readRecipe(await readFile(path, 'utf8'), file);
  } catch (error) {
    const detail = error instanceof Failure ? error.advice.why : (error as Error).message;
    throw new UserError('recipeUnusable', { file, detail }, { cause: error });
  }
}
