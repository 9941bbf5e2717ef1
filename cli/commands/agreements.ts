import { Command, Option } from 'commander';
import { purposes } from '../../functions/core/pictures/picture.ts';
import type { CommandContext } from '../context.ts';
import { onServiceOf } from './on-service.ts';

const onService = onServiceOf('agreements');

const publishCommand = (context: CommandContext) =>
  onService('publish', 'publish a text that people are asked to agree to', 'photographs.en.md photographs.de.md')
    .description(
      'Publishes a version of an agreement, with its languages side by side; for administrators. A version never changes. Each file is Markdown and named by agreement and language: photographs.en.md.',
    )
    .argument('<files...>', 'the text in one language each')
    .option('--name <agreement>', 'the agreement, where the files are named by their language only, such as en.md')
    .addOption(new Option('--purpose <purpose...>', 'what it asks for (default: both)').choices(purposes))
    .option('--material', 'what people agreed to before lapses: they are asked again')
    .action(async (files, options) => {
      const { publishAgreement } = await import('../actions/agreements.ts');
      await publishAgreement(files, options, context);
    });

export const agreementsCommand = (context: CommandContext) => {
  const actions = () => import('../actions/agreements.ts');
  return new Command('agreements')
    .summary('publish and list what people agree to before pictures of them are worked on')
    .addCommand(publishCommand(context))
    .addCommand(
      onService('list', 'list the texts that stand, and what you said of them', '').action(async (options) =>
        (await actions()).listAgreements(options, context),
      ),
    )
    .addCommand(
      onService('records', 'list what you agreed to and withdrew, newest first', '').action(async (options) =>
        (await actions()).listRecords(options, context),
      ),
    );
};
