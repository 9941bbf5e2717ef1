import type { Recipe, Transform } from './recipe.ts';

type Described = Pick<Recipe, 'name' | 'title' | 'about' | 'region' | 'transform'>;

/** What a recipe is called on the page: its title, else its name in words. */
export function titleOf({ name, title }: Pick<Described, 'name' | 'title'>): string {
  const words = name.replaceAll('-', ' ');
  return title ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** What a recipe does, in a line: as its file says, else as its regions and transforms are. */
export function aboutOf({ about, region, transform }: Described): string {
  if (about !== undefined) return about;
  const all = region.choose === 'all';
  const what =
    region.detector === 'whole' ? 'The whole picture is' : all ? 'All faces that are found are' : 'The largest face is';
  return `${what} ${transform.map(stepInWords).join(', then ')}.`;
}

function stepInWords(step: Transform): string {
  if (step.kind === 'container') return `given to the container ${step.name}`;
  return { crop: 'cut out', mosaic: 'made a mosaic', blur: 'blurred', outline: 'outlined' }[step.kind];
}
