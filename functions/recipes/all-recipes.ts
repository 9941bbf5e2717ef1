import type { Recipe } from '../core/pictures/recipe.ts';
import { readRecipe } from './read-recipe.ts';
import { shippedRecipes } from './shipped.ts';

/** The recipes that are shipped, and those of a lab's files, of which one of the same name replaces one before. */
export function allRecipes(files: Iterable<Recipe>): Recipe[] {
  const recipes = new Map<string, Recipe>();
  for (const [name, text] of Object.entries(shippedRecipes)) recipes.set(name, readRecipe(text, name));
  for (const recipe of files) recipes.set(recipe.name, recipe);
  return [...recipes.values()];
}
