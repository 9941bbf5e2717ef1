import type { Recipe } from './recipe.ts';

/** What a service works on pictures of people with. */
export interface PictureSetup {
  recipes: readonly Recipe[];
  /** By the name that recipes call it: an address, or on one machine also a folder with a container.yaml. */
  containers: Readonly<Record<string, string>>;
  /** The recipe of uploads that name none. */
  usualRecipe: string;
}

/** File beside the code of functions on AWS: infra writes it where there are pictures of people, runtime/lambda reads it. */
export const setupFile = 'pictures.json';
