import { Argument, Command } from 'commander';
import type { Shell } from '../completion/scripts.ts';

import type { CommandContext } from '../context.ts';

export const completionCommand = ({ io }: CommandContext): Command =>
  new Command('completion')
    .summary('print a script that completes labdeploy in your shell')
    .description('Print a script that completes labdeploy in your shell: its commands, options and fixed values.')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      `
Examples:
  labdeploy completion bash >> ~/.bashrc
  labdeploy completion zsh > "\${fpath[1]}/_labdeploy"
  labdeploy completion fish > ~/.config/fish/completions/labdeploy.fish`,
    )
    .action(async (shell: Shell, _own: unknown, command: Command) => {
      const [{ commandNodes }, { shellScripts }] = await Promise.all([
        import('../completion/command-tree.ts'),
        import('../completion/scripts.ts'),
      ]);
      io.emit('completion.printed', { shell, script: shellScripts[shell](commandNodes(command.parent!)).trimEnd() });
    });
