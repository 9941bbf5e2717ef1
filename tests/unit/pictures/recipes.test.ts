import { describe, expect, it } from '@jest/globals';
import { containersOf } from '../../../functions/core/pictures/recipe.ts';
import { aboutOf, titleOf } from '../../../functions/core/pictures/recipe-words.ts';
import { readRecipe } from '../../../functions/recipes/read-recipe.ts';
import { shippedRecipes } from '../../../functions/recipes/shipped.ts';

const good = `name: rigs
consent: [process, share-lab]
labels: [room]
region:
  detector: face
transform: [{ blur: 0.3 }, outline]
complete:
  show: lab
`;

const refusal = (text: string): { line: number; detail: string } => {
  try {
    readRecipe(text, 'rigs.yaml');
  } catch (error) {
    const { code, facts } = error as { code: string; facts: { file: string; line: number; detail: string } };
    expect([code, facts.file]).toEqual(['recipeInvalid', 'rigs.yaml']);
    return { line: facts.line, detail: facts.detail };
  }
  throw new Error('it was read');
};

describe('a recipe', () => {
  it('is read with its defaults', () => {
    expect(readRecipe(good, 'rigs.yaml')).toEqual({
      name: 'rigs',
      accepts: ['image/jpeg', 'image/png', 'image/tiff'],
      consent: ['process', 'share-lab'],
      labels: ['room'],
      region: { detector: 'face', choose: 'all', padding: 0, threshold: 0.3 },
      transform: [{ kind: 'blur', sigma: 0.3 }, { kind: 'outline' }],
      complete: { show: 'lab', review: false, deleteOriginal: true },
    });
  });

  it('that is shipped is valid, and named as it is listed', () => {
    for (const [name, text] of Object.entries(shippedRecipes)) expect(readRecipe(text, name).name).toBe(name);
    expect(readRecipe(shippedRecipes.deface!, 'deface').complete).toMatchObject({ review: true, show: 'lab' });
    const swap = readRecipe(shippedRecipes['face-swap']!, 'face-swap');
    expect(containersOf(swap)).toEqual(['facechain', 'gfpgan']);
    expect(swap).toMatchObject({ base: { by: ['theme', 'gender', 'skin'] }, complete: { keepMinutes: 30 } });
  });

  it('is explained by its own words, else by what it does', () => {
    const read = (text: string) => readRecipe(text, 'rigs.yaml');
    const own = read(`${good}title: Blur faces\nabout: For the lab’s page.\n`);
    expect([titleOf(own), aboutOf(own)]).toEqual(['Blur faces', 'For the lab’s page.']);
    const plain = read(good.replace('name: rigs', 'name: rigs-of-2026'));
    expect([titleOf(plain), aboutOf(plain)]).toEqual([
      'Rigs of 2026',
      'All faces that are found are blurred, then outlined.',
    ]);
    const largest = good.replace('detector: face', 'detector: face\n  choose: largest');
    expect(aboutOf(read(largest.replace('{ blur: 0.3 }, outline', 'crop, { container: swap }, { mosaic: 4 }')))).toBe(
      'The largest face is cut out, then given to the container swap, then made a mosaic.',
    );
    for (const { title, about } of Object.entries(shippedRecipes).map(([name, text]) => readRecipe(text, name)))
      expect([title, about]).toEqual([expect.any(String), expect.any(String)]);
  });

  it.each([
    ['a title of two lines', `${good}title: "a\\nb"\n`, 9, /title: it is one line/],
    ['a text that is too long', `${good}about: ${'x'.repeat(301)}\n`, 9, /about: .*300/],
    ['a key that is unknown', good.replace('labels:', 'label:'), 3, /label/],
    ['a key that is unknown deeper', good.replace('  detector', '  colour: red\n  detector'), 5, /region\.colour/],
    ['a key that stands twice', `${good}name: again\n`, 9, /unique/],
    ['a value of another type', good.replace('blur: 0.3', 'blur: much'), 6, /transform\.0/],
    ['a transform that is unknown', good.replace('outline', 'sharpen'), 6, /transform\.1/],
    ['a detector that is unknown', good.replace('detector: face', 'detector: nose'), 5, /region\.detector/],
    ['no consent to process', good.replace('[process, share-lab]', '[share-lab]'), 2, /process/],
    ['a lab that sees what nobody shares', good.replace(', share-lab', ''), 8, /share-lab/],
    ['a base by labels that no upload has', `${good}base: { random: { by: [theme] } }\n`, 9, /theme/],
    [
      'a review of the whole picture',
      good.replace('face', 'whole').replace('show: lab', 'show: lab\n  review: true'),
      9,
      /review/,
    ],
    ['no YAML', 'name: [', 1, /./],
    ['an alias', 'name: &a rigs\nconsent: [*a]', 2, /alias/],
    ['a file that is empty', '', 1, /the file/],
  ])('with %s is refused with its line', (_, text, line, detail) => {
    const found = refusal(text);
    expect(found.line).toBe(line);
    expect(found.detail).toMatch(detail);
  });
});
