import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Failure } from '../functions/core/errors.ts';
import type { PictureSetup } from '../functions/core/pictures/picture-setup.ts';
import type { Recipe } from '../functions/core/pictures/recipe.ts';
import { allRecipes } from '../functions/recipes/all-recipes.ts';
import { readRecipe } from '../functions/recipes/read-recipe.ts';
import { type Config, ConfigError } from './config.ts';

export type PictureConfig = Pick<Config, 'gallery' | 'recipes' | 'usualRecipe' | 'pictureContainers'>;

/** How a stack works on pictures of people; undefined where it has none. Throws ConfigError, for a recipe with its line. */
export async function pictureSetup({
  gallery,
  recipes: files = [],
  usualRecipe = '',
  pictureContainers: containers = {},
}: Partial<PictureConfig>): Promise<PictureSetup | undefined> {
  if (gallery !== 'people') return undefined;
  const recipes = allRecipes(await Promise.all(files.map(recipeIn)));
  if (!recipes.some(({ name }) => name === usualRecipe))
    throw new ConfigError([
      `labdeploy:usualRecipe: no recipe ${usualRecipe}; there are ${recipes.map(({ name }) => name).join(', ')}`,
    ]);
  return { recipes, containers, usualRecipe };
}

async function recipeIn(file: string): Promise<Recipe> {
  try {
    return readRecipe(await readFile(resolve(file), 'utf8'), file);
  } catch (error) {
    const why = error instanceof Failure ? `${file}: ${error.advice.why}` : (error as Error).message;
    throw new ConfigError([`labdeploy:recipes: ${why}`]);
  }
}
