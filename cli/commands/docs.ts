import { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { openBrowser } from '../open-browser.ts';
import { documentation } from '../package-file.ts';

export const docsCommand = ({ io, interactive }: CommandContext) =>
  new Command('docs')
    .summary('open the documentation; without a terminal its address is printed')
    .description('Open the documentation in a browser. Without a terminal its address is printed.')
    .addHelpText('after', '\nExample:\n  labdeploy docs')
    .action(() => {
      const url = documentation();
      io.emit('docs.shown', { url });
      if (interactive) openBrowser(url);
    });
