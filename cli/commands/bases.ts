import { Command } from 'commander';
import { capitalised } from '../../functions/core/text.ts';
import type { CommandContext } from '../context.ts';
import { onServiceOf } from './on-service.ts';

const onService = onServiceOf('bases');

const ofRecipe = (name: string, summary: string, example: string) =>
  onService(name, summary, example)
    .description(`${capitalised(summary)}; for administrators.`)
    .option('--recipe <name>', 'the recipe that takes them', 'face-swap');

export const basesCommand = (context: CommandContext) => {
  const actions = () => import('../actions/bases.ts');
  return new Command('bases')
    .summary('add, list and remove pictures that recipes combine with photographs of people')
    .addCommand(
      ofRecipe('add', 'add a base picture', "astronaut.jpg --theme space --gender w --skin light --story 'A walk'")
        .argument('<image>', 'JPEG, PNG or TIFF')
        .option('--theme <word>', 'label: an upload gets a base picture whose labels are its own')
        .option('--gender <word>', 'label, likewise')
        .option('--skin <word>', 'label, likewise')
        .option('--label <name=value...>', 'labels of a recipe of your own')
        .option('--story <text>', 'shown beside the completed picture')
        .action(async (image, options) => (await actions()).addBase(image, options, context)),
    )
    .addCommand(
      ofRecipe('list', 'list the base pictures of a recipe', '').action(async (options) =>
        (await actions()).listBases(options, context),
      ),
    )
    .addCommand(
      ofRecipe('remove', 'delete a base picture', '1f0c9a7e')
        .argument('<base>', 'its id, as bases list shows it')
        .action(async (base, options) => (await actions()).removeBase(base, options, context)),
    );
};
