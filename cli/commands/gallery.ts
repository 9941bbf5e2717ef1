import { Command, Option } from 'commander';
import { licences, publicDays } from '../../functions/core/figure.ts';
import type { CommandContext } from '../context.ts';
import { onServiceOf } from './on-service.ts';

const onService = onServiceOf('gallery');

const publishCommand = (context: CommandContext) =>
  onService(
    'publish',
    'publish the preview of one image of a job',
    "7f3c2a10… plate/a1.tif --caption 'Nuclei, day 3' --public --licence CC-BY-4.0",
  )
    .description(
      'Makes a card of the preview with its outlines: caption, counts and model beside it. The card has a copy of its own, so that it stays when the job is deleted.',
    )
    .argument('<job>', 'id of the job, as jobs list shows it')
    .argument('<image>', 'path of the image in the job')
    .requiredOption('-c, --caption <text>', 'what is to be seen')
    .option('--public', 'show it to everybody who has its address, not only to people of the lab')
    .option(
      '--until <day>',
      `when the card goes, such as 2026-12-31 (default: never; with --public in ${publicDays.usual} days, and in ${publicDays.most} at most)`,
    )
    .option('--by <name>', 'whom it names as its author (default: your name)')
    .addOption(new Option('--licence <id>', 'how others may use it (default: all rights reserved)').choices(licences))
    .option('--no-scale-bar', 'draw no scale bar')
    .action(async (job, image, options) => {
      const { publishFigure } = await import('../actions/gallery.ts');
      await publishFigure(job, image, options, context);
    });

export const galleryCommand = (context: CommandContext) => {
  const actions = () => import('../actions/gallery.ts');
  return new Command('gallery')
    .summary("list, publish and hide pictures on the lab's wall")
    .addHelpText(
      'after',
      `
A wall has cards: previews of results, which people publish. Pictures of people are apart
(labdeploy local --gallery people): each is worked on after its owner agreed to a text, and
shown while that stands.
  labdeploy agreements publish   the text that people agree to
  labdeploy bases add            pictures that recipes combine with photographs
They send photographs and agree on the page.`,
    )
    .addCommand(
      onService('list', 'list the cards of the gallery, newest first', '')
        .option('--public', 'only those that everybody can see who has their address')
        .action(async (options) => (await actions()).listFigures(options, context)),
    )
    .addCommand(publishCommand(context))
    .addCommand(
      onService('hide', 'take a card away with its pictures', 'lh3k9x2ab-4f1c…')
        .argument('<card>', 'id of the card, as gallery list shows it')
        .action(async (card, options) => (await actions()).hideFigure(card, options, context)),
    );
};
