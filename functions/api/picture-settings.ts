import type { Recipe } from '../core/pictures/recipe.ts';

/** What the API knows of pictures where they are on. */
export interface PictureSettings {
  recipes: readonly Recipe[];
  /** Names of containers that the service has. */
  containers: readonly string[];
  /** The recipe of uploads that name none: those of the compatible routes. */
  usualRecipe: string;
}
